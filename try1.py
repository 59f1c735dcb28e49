import sys
from generator.workflows.workspace import Workspace
from generator.returns.forms.template_pattern import pattern_of
from generator.returns.forms.pattern import *
def show(items,ind=0):
    for x in items:
        p='  '*ind
        if isinstance(x,Line): print(p+'L',[tok(t) for t in x.tokens])
        elif isinstance(x,Passage): print(p+'FREE',shown(x.value.path))
        elif isinstance(x,Loop): print(p+'LOOP',shown(x.list),x.facts); show(x.items,ind+1)
        elif isinstance(x,Alternatives):
            print(p+'ALT',x.edition,x.open)
            for b in x.branches: print(p+' -',b.facts); show(b.items,ind+1)
        elif isinstance(x,RowPattern):
            print(p+'ROW')
            for c in x.cells: print(p+' CELL',c.column,c.span,c.repeated); show(c.items,ind+2)
def tok(t):
    if isinstance(t,Literal): return t.text
    if isinstance(t,Value): return '<'+shown(t.path)+'>'
    if isinstance(t,Alternatives): return ['ALT']+[[tok(y) for y in b.items] for b in t.branches]
    return t
with Workspace() as w:
    for code,pr in w.catalogue.all().items():
        for d in pr.documents:
            if d.rollup: continue
            with w.session() as s:
                t=s.templates.prepare(pr.folder/d.template).template
            import time; t0=time.perf_counter()
            pat=pattern_of(t.parts,pr,d)
            print('##',code,d.id,len(pat.items),round(time.perf_counter()-t0,3),pat.unreadable)
            if len(sys.argv)>1 and sys.argv[1]==code+'/'+d.id: show(pat.items)
