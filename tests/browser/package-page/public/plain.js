import { openSession, run } from './drumbeat-net/index.js';

const bytes = await (await fetch('core.wasm')).arrayBuffer();
const session = await openSession({ core: bytes });
session.join({ name: 'Bob' });
run((now) => session.pump(now));
window.session = session;
