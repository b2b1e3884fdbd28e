// Plays Drumbeat in a headless Firefox, which Playwright drives by WebDriver BiDi. The files
// that it shares with browser.test.mjs and circumstances.test.mjs are the same tests in both browsers, and a
// tour stands for the rest. Left out, because a headless Firefox or its driver can't do it:
//
// - WebGL, and with it the loss of its context;
// - fingers, emulated phones, input methods and keys of other layouts: tour.mjs makes the events of
//   fingers itself;
// - reading the clipboard without a person who allows it, the browser's own context menu and Quick Find:
//   keys.mjs checks that the keys which open them are prevented;
// - a gamepad: devices.mjs puts one in the place of the browser's, in both browsers.

process.env.DRUMBEAT_BROWSER = 'firefox';

// What differs least from Chromium only with `tests/run --long`.
const more = process.env.LONG_TESTS === '1' ? ['game', 'menu'] : [];
for (const name of ['keys', 'devices', 'tour', 'away', 'feed', 'terminal', ...more]) await import(`./${name}.mjs`);
