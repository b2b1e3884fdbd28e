// Plays Drumbeat in a headless Chromium: what a player does and sees in an ordinary game. All files share
// a browser and its servers; each opens its own players and closes them. circumstances.test.mjs runs
// beside it, since both wait most of the time.

import './title.mjs';
import './light.mjs';
import './game.mjs';
import './keys.mjs';
import './devices.mjs';
import './menu.mjs';
import './spectate.mjs';
import './lab.mjs';
import './feel.mjs';
import './chat.mjs';
import './library.mjs';
