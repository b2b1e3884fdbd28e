// Plays Drumbeat in a headless Chromium. All files share a browser and its servers; each opens its
// own players and closes them.

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
import './proxy.mjs';
import './hidden.mjs';
import './back.mjs';
import './idle.mjs';
import './silence.mjs';
import './players.mjs';
import './rounds.mjs';
import './resume.mjs';
import './crowd.mjs';
import './phone.mjs';
import './fits.mjs';
import './panels.mjs';
import './vision.mjs';
import './away.mjs';
import './board.mjs';
