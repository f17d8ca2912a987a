import json, sys
sys.path[:0]=['/work/main/tests/integration/product','/work/main/tests']
from api_client import *
from world import *
async def test_all(api, world):
    import time
    out={}
    async def run(name, caller=ADMIN, **v):
        t=time.perf_counter()
        r = await api.send(operation(name), v, caller=caller)
        print('=====',name, r.status_code, round((time.perf_counter()-t)*1000,1),'ms')
        print(json.dumps(r.json(), indent=1)[:3500])
        return r.json().get('data') or {}
    for n in (1,2):
        await run('Viewer', caller=Caller(Role.ASN, asn_id=world.ani))
    await run('Viewer', caller=FIRST_MANAGER)
    await run('Viewer', caller=NOBODY)
    await run('Places', first=2)
    await run('Asns', first=2, filter={"search":"a"*2 if 0 else "ani"})
    await run('AsnDetail', id=gid('Asn',world.ani))
    await run('Node', id=gid('Campaign',world.campaign))
    await run('Badge', code=await make.value("select public_code from badge where asn_id=$1", world.ani), caller=NOBODY)
    await run('Campaigns', first=5)
    await run('PostSharers', id=gid('ProgramPost',world.post), first=5)
    await run('Events', first=5)
    await run('Campaign', id=gid('Campaign',world.campaign))
    await run('Ranking', first=5)
    await run('InviteListPropose', input={"eventId":gid('Event',world.event),"dryRun":True})
    await run('InviteListPropose', input={"eventId":gid('Event',world.event)})
    await run('Event', id=gid('Event',world.event))
