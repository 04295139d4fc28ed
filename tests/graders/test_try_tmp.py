import sys, types, time, shutil
def test_try(marked_case, monkeypatch):
    from graders import reply
    stub = types.ModuleType("flysolo.evidence")
    stub.card_html = lambda fid: f'<article class="fs-evidence"><h4>Claim {fid}</h4><p class="fs-evidence-limits">Limits.</p></article>'
    monkeypatch.setitem(sys.modules, "flysolo.evidence", stub)
    t=time.time()
    p = reply.send_reply(marked_case, "ada", "01-invented")
    print("reply", time.time()-t, p)
    page=(marked_case.folder/"feedback/ada/01-invented/cases.html")
    shutil.copy(page, "/tmp/reply.html")
    shutil.copy(marked_case.folder/"autograded/ada/01-invented/cases.ipynb", "/tmp/marked.ipynb")
    print(page.stat().st_size)
