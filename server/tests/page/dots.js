// The page of a game in tests: links to the rooms that there are.

import { roomLink } from './js/net/index.js';

const rooms = await (await fetch('api/rooms')).json();
const links = rooms.map(({ name }) => roomLink(location.href, name));
document.getElementById('rooms').textContent = links.join('\n') || 'no rooms';
