from lib import *
def sh(r): return str(r)[:330]
for mem in (False,True):
  with Srv('--rate','0',memory=mem) as s:
    e=C(s.port,'eve');b=C(s.port,'bob')
    m=e.cmd(type='message',room='lobby',text='mysecretword in here');r=b.cmd(type='message',room='lobby',text='reply',reply=m['seq']);
    e.cmd(type='edit',room='lobby',seq=m['seq'],text='changedword now')
    print('search old after edit',len(b.cmd(type='search',room='lobby',query='mysecretword')['messages']),'new',len(b.cmd(type='search',room='lobby',query='changedword')['messages']))
    print('reply quote after edit',[x.get('reply') for x in b.cmd(type='history',room='lobby')['messages'] if 'reply' in x])
    e.cmd(type='delete',room='lobby',seq=m['seq'])
    h=b.cmd(type='history',room='lobby',changes=True);print('after delete: quote',[x.get('reply') for x in h['messages'] if 'reply' in x],'changes',sh(h.get('changes')))
    print('search',len(b.cmd(type='search',room='lobby',query='changedword')['messages']),len(b.cmd(type='search',room='lobby',query='from:eve')['messages']))
    t=C(s.port,'late',after=0);t.drain(.3) if 0 else None
    time.sleep(.3);t.pump(.1);print('replay leaks',[x for x in t.ev if 'secretword' in str(x) or 'changedword' in str(x)])
    r2=b.cmd(type='message',room='lobby',text='reply2',reply=m['seq']);print('reply to deleted',sh(r2));print('react to deleted',sh(b.cmd(type='react',room='lobby',seq=m['seq'],emoji='👍')))
    print('edit deleted',sh(e.cmd(type='edit',room='lobby',seq=m['seq'],text='again')))
    if not mem:
        s.kill(15);x=subprocess.run(['/tmp/target/confab','export','--data',s.data],capture_output=True).stdout.decode();print('export has secret',x.count('secretword'),x.count('changedword'));
        raw=b''.join(open(os.path.join(s.data,f),'rb').read() for f in os.listdir(s.data) if f.startswith('confab.db'));print('db raw has secret',raw.count(b'secretword'),raw.count(b'changedword'))
# memory-mode replays with edits
with Srv('--rate','0',memory=True) as s:
    a=C(s.port,'mallory',room='r');a.cmd(type='message',room='r',text='e')
    for k in range(0,1000,50):
        a.send(*[{'type':'edit','room':'r','seq':1,'text':f'{k+i} '+'x y '*2000,'ref':f'e{k+i}'} for i in range(50)]);a.wait(lambda e:e.get('ref')==f'e{k+49}',10);a.ev=[]
    p=Pinger(s.port);time.sleep(1);p.take();c=C(s.port,'jj');c.send(*[{'type':'join','room':'r','after':0}]*64)
    e=time.time()+3
    while time.time()<e: c.pump(.01);c.ev=[]
    print('memory mode join replays',p.take())
# reactions-rich history page
with Srv('--rate','0') as s:
    EM=list('😀😃😄😁😆😅😂🙂🙃😉😊😇😍😘😗😚😙😋😛😜')
    own=C(s.port,'o',room='r');own.send(*[{'type':'message','room':'r','text':'y'*8000} for _ in range(200)]);own.drain(1)
    for g in range(12):
        c=C(s.port,f'g{g}',room='r');sd=[{'type':'react','room':'r','seq':q+1,'emoji':EM[(g*5+k)%20]} for q in range(200) for k in range(5)]
        for k in range(0,1000,100): c.send(*sd[k:k+100]);c.drain(.05);own.pump(0)
        c.close()
    p=Pinger(s.port);time.sleep(.7);p.take();c=C(s.port,'hh',room='r')
    for d in (dict(type='history',room='r',limit=200,before=201),dict(type='history',room='r',limit=200,changes=True),dict(type='join',room='r',after=0)):
        c.send(*[d]*64);e=time.time()+3
        while time.time()<e: c.pump(.01);c.ev=[]
        print('reactions',d,p.take())
