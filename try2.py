import sys,time
from pathlib import Path
from generator.workflows.workspace import Workspace
from generator.returns.forms.template_pattern import pattern_of
from generator.returns.forms.reading import FormReader
from generator.returns.forms.document import read_document
def dump(item,ind=0):
    p='  '*ind
    if item.facts: print(p,'facts',item.facts)
    for k,rs in item.fields.items():
        for r in rs: print(p,k,'=',repr(r.value)[:60],'|',r.place,'|',r.doubt)
    for g in item.groups: print(p,'GROUP',g.fields,len(g.paragraphs),g.starts,g.place)
    for k,l in item.lists.items():
        for i in l: print(p,k,'[]',i.source); dump(i,ind+1)
code,did=sys.argv[1].rsplit('/',1)
with Workspace() as w:
    pr=w.catalogue.load(code); d=pr.document(did)
    with w.session() as s: t=s.templates.prepare(pr.folder/d.template).template
    provinces=[n for k,v in pr.words.provinces.items() for n in (k,*v)]
    t0=time.perf_counter()
    r=FormReader(pattern_of(t.parts,pr,d),provinces)
    t1=time.perf_counter()
    f=read_document(Path(sys.argv[2]).read_bytes(),Path(sys.argv[2]).name)
    t2=time.perf_counter()
    x=r.read(f)
    print('pattern',t1-t0,'doc',t2-t1,'read',time.perf_counter()-t2,'nodes',len(r.automaton._free),'blocks',len(f.blocks))
    print('cost',x.cost,'seen',x.seen,'skipped',len(x.skipped))
    dump(x.root)
    print(x.stated_none,x.figures)
    for m in x.remarks: print('REMARK',m)
