import sys,time,collections
from pathlib import Path
from generator.workflows.workspace import Workspace
from generator.returns.forms.template_pattern import pattern_of
from generator.returns.forms.reading import FormReader
from generator.returns.forms.document import read_document
from generator.returns.forms.joining import join,names_of
from generator.returns.forms.values import Form
from generator.packet.pipeline import Order,assess
from generator.packet.documents import fill_all
from generator.readers.source_file import read_source
from generator.model.paths import given
import re
def mapped(got,truth):
    # list indexes of what was read -> those of the truth, by the most leaves alike
    for depth in (0,1):
        lists=collections.defaultdict(set)
        for p in got:
            ms=list(re.finditer(r'\[(\d+)\]',p))
            if len(ms)>depth: lists[p[:ms[depth].start()]].add(int(ms[depth][1]))
        for l,idx in lists.items():
            tidx={int(re.match(re.escape(l)+r'\[(\d+)\]',p)[1]) for p in truth if p.startswith(l+'[')}
            pairs=[]
            for i in idx:
                for t in tidx:
                    n=sum(3 if p.endswith('].name') else 1 for p,e in got.items() if p.startswith(f'{l}[{i}]') and e.value is not None and truth.get(f'{l}[{t}]'+p[len(f'{l}[{i}]'):])==e.text)
                    pairs.append((-n,i!=t,i,t))
            m={};used=set()
            for n,_,i,t in sorted(pairs):
                if i not in m and t not in used and n<0: m[i]=t;used.add(t)
            for i in idx: m.setdefault(i,1000+i)
            got={re.sub('^'+re.escape(l)+r'\[(\d+)\]',lambda x:f'{l}[{m[int(x[1])]}]',p):e for p,e in got.items()}
    return got
verbose=len(sys.argv)>1
with Workspace() as w:
  tot=collections.Counter()
  for code in w.catalogue.folders():
    pr=w.catalogue.load(code)
    if verbose and code not in sys.argv[1]: continue
    src=read_source(Path('data/'+code.replace('/','-')+'.yaml'))
    provinces=[n for k,v in pr.words.provinces.items() for n in (k,*v)]
    for edition in ('signing',):
      with w.session() as s:
        job=assess(src,pr,Order(edition),s)
        filled=[f for f in fill_all(job) if f.document in pr.documents]
        readers=[]
        for f in filled:
            t=s.templates.template_of(pr,f.document,job.dataset.consortium).template
            readers.append(FormReader(pattern_of(t.parts,pr,f.document),provinces))
      t0=time.process_time()
      forms=[read_document(f.rendered.docx,f.stem) for f in filled]
      first=[r.read(x) for r,x in zip(readers,forms)]
      readers=[r.knowing(names_of(first)) for r in readers]
      rs=[r.read(x) for r,x in zip(readers,forms)]
      form=Form(frozenset().union(*(r.form.labels for r in readers)))
      j=join(rs,pr.model,form)
      dt=time.process_time()-t0
      truth={p:(sp.kind.write(v) if sp.kind and not hasattr(v,'value') else getattr(v,'value',v)) if not isinstance(v,str) else v for p,sp,v in given(job.dataset.consortium)}
      printed={p for f in filled for p in f.rendered.record.printed if not p.endswith('.variant')}
      got=mapped({e.path:e for e in j.entries},truth)
      c=collections.Counter(); bad=[]
      norm=lambda t:'\n'.join(x.strip() for x in str(t).split('\n') if x.strip())
      for p in printed:
        e=got.get(p)
        if p not in truth: c['notruth']+=1; continue
        if e is None: c['missing']+=1; bad.append((p,'MISSING',truth[p][:40]))
        elif e.value is None: c[e.status]+=1; bad.append((p,e.status,e.why,[ (s.place,s.raw[:30]) for s in e.sources][:2],truth[p][:30]))
        elif norm(e.text)==norm(truth[p]) or (truth[p]=='无' and e.text in('0','0%')): c['right_'+e.status]+=1
        else: c['WRONG_'+e.status]+=1; bad.append((p,'WRONG',e.status,e.text[:60],truth[p][:60],e.sources[0].place))
      for p,e in got.items():
        if p not in printed and e.value is not None:
          if p in truth and norm(truth[p])==norm(e.text): c['extra_right']+=1
          else: c['EXTRA_WRONG_'+e.status]+=1; bad.append((p,'EXTRA',e.status,e.text[:60],truth.get(p),e.sources[0].place))
      n=len([p for p in printed if p in truth])
      print(code,edition,n,dict(c),f'{(c["right_sure"]+c["right_doubtful"])/n:.3f}',f'{dt:.1f}s',[len(r.remarks) for r in rs])
      if verbose:
        for b in bad: print('   ',b)
        for r in rs:
          for m in r.remarks: print('   R',r.name,m.place,m.what,m.text[:80])
          print('   skipped',len(r.skipped),r.cost)
