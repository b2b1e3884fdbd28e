// Plays Drumbeat in a headless Chromium of its own, as browser.test.mjs does: under what circumstances the
// page has to work: windows and eyes of all kinds, crowds, rounds, lost connections, proxies.

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
import './feed.mjs';
import './progress.mjs';
import './terminal.mjs';
import './board.mjs';
