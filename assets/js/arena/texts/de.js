// German.

const numbers = new Intl.NumberFormat('de');

/** @param {number} n @param {string} one @param {string} many */
const counted = (n, one, many) => `${numbers.format(n)} ${n === 1 ? one : many}`;
/** @param {number} n */
const ordinal = (n) => `${n}.`;

/** @type {Record<string, string>} */
const STREAKS = { 3: 'Drei in Folge', 5: 'Fünf in Folge', 10: 'Zehn in Folge', 15: 'Fünfzehn in Folge', 20: 'Nicht zu stoppen' };

/** @type {import('./index.js').Texts} */
const texts = {
  numbers,
  ordinal,

  spoken: {
    or: ' oder ',
    noKey: 'keine Taste',
    arena: (fly, gun, rail) => `Die Arena. Fliegen: ${fly}. Zielen mit der Maus. Kanone: ${gun}. Railgun: ${rail}. Escape öffnet das Menü; dort kannst du die Tasten ändern.`,
  },

  keys: {
    actions: {
      up: 'Nach oben',
      left: 'Nach links',
      down: 'Nach unten',
      right: 'Nach rechts',
      boost: 'Schub',
      fire: 'Kanone',
      rail: 'Railgun',
      follow: 'Zum Mauszeiger',
      chat: 'Chat',
      previous: 'Voriger Spieler',
      next: 'Nächster Spieler',
      screen: 'Vollbild',
      lab: 'Lag-Labor',
    },
    names: {
      Mouse0: 'Linksklick',
      Mouse1: 'Mittelklick',
      Mouse2: 'Rechtsklick',
      ShiftLeft: 'Umschalt',
      ShiftRight: 'Umschalt rechts',
      Escape: 'Esc',
      Space: 'Leertaste',
      Enter: 'Enter',
    },
    button: (n) => `Maustaste ${n}`,
    mouse: 'Maus',
    none: 'keine',
    press: 'Taste drücken …',
    pressFor: (action) => `${action}: Taste drücken`,
    ask: 'Drück eine Taste oder Maustaste. Esc bricht ab, Entf löscht.',
    cleared: 'Gelöscht.',
    reserved: (key) => `${key} gehört der Seite oder dem Browser; nimm eine andere.`,
    taken: (key, action) => `${key} gehörte bisher zu „${action}“.`,
    takenLast: (key, action) => `${key} gehörte bisher zu „${action}“; dafür gibt es jetzt keine Taste mehr.`,
    reset: 'Alle Tasten sind zurückgesetzt.',
  },

  title: {
    fly: 'fliegen',
    boost: 'Schub',
    aim: 'zielen',
    gun: 'Kanone',
    rail: 'Railgun',
    chat: 'Chat',
    lab: 'Lag-Labor',
    menu: 'Menü',
  },

  score: {
    place: (place, players) => `${ordinal(place)} von ${players}`,
    tally: (kills, deaths) => `${counted(kills, 'Abschuss', 'Abschüsse')} · ${counted(deaths, 'Tod', 'Tode')}`,
    streak: (streak) => `Serie ${streak}`,
    destroyed: ' wurde zerstört',
    away: (name) => `${name} (abwesend)`,
  },

  streaks: {
    own: (streak) => (STREAKS[streak] ? `${STREAKS[streak]}!` : ''),
    others: (streak, name) => (STREAKS[streak] ? `${name}: ${STREAKS[streak]}` : ''),
  },

  death: {
    someone: 'jemandem',
    by: (name) => `von ${name}`,
    byGun: (name) => `von ${name}, mit der Kanone`,
    byRail: (name) => `von ${name}, mit der Railgun`,
    gone: 'von jemandem, der schon weg ist',
    streak: (streak) => `Deine Serie endet bei ${streak}`,
  },

  effects: {
    kill: 'Abschuss',
    streak: (streak) => `Abschuss ×${streak}`,
    taken: ['+ Reparatur', '+ Energie', '+ Overdrive'],
  },

  chat: {
    whispers: ' flüstert: ',
    whispersTo: (name) => ` flüstert ${name} zu: `,
    whisper: 'Flüstern',
    mute: 'Stumm',
    report: 'Melden',
    muted: (name) => `Du siehst nicht mehr, was ${name} schreibt; /mute ${name} hebt das auf.`,
    unmuted: (name) => `Du siehst wieder, was ${name} schreibt.`,
    reported: 'Gemeldet: Wer diesen Server betreibt, kann die Zeile lesen.',
    offline: 'Nicht gesendet: Du bist offline. Drück Enter, um es noch einmal zu versuchen.',
    whom: 'Wem? Schreib /w NAME und einen Text an jemanden, der schon etwas gesagt hat.',
    slow: 'Langsamer: höchstens fünf Nachrichten in zehn Sekunden.',
    missed: (events) => `${counted(events, 'Ereignis', 'Ereignisse')} verpasst`,
  },

  menu: {
    play: 'Spielen',
    spectate: 'Zuschauen',
    fullScreen: 'Vollbild',
    leaveFullScreen: 'Vollbild beenden',
    copied: (link) => `Kopiert: ${link}`,
    copyByHand: 'Automatisch kopieren ging nicht. Kopier diesen Link:',
  },

  watch: {
    leader: 'Du folgst dem Führenden',
    player: 'Du folgst',
    place: 'Freie Kamera',
    hint: 'Klick auf ein Schiff, um ihm zu folgen; zieh, um dich umzusehen',
    hintKeys: (previous, next) => `Klick auf ein Schiff, um ihm zu folgen; zieh, um dich umzusehen; ${previous} und ${next} wechseln`,
    hintTouch: 'Tipp auf ein Schiff, um ihm zu folgen; zieh, um dich umzusehen',
  },

  status: {
    connecting: 'Verbinden …',
    joining: 'Beitreten …',
    reconnecting: 'Neuer Versuch in',
    again: 'Nächster Versuch in',
    lost: 'Verbindung getrennt',
    never: 'Nicht verbunden',
    actions: { ask: 'Noch einmal', here: 'Hier spielen', reload: 'Seite neu laden', elsewhere: 'In einem anderen Raum spielen', wait: 'Jetzt versuchen' },
  },

  lab: {
    asNumber: (label) => `${label}, als Zahl`,
    link: {
      latency: { label: 'Latenz', title: 'Kommt zur Umlaufzeit dazu: je die Hälfte hin und zurück.' },
      jitter: { label: 'Jitter', title: 'Wie sehr die Latenz schwankt; nie mehr als die Latenz selbst.' },
      stall: { label: 'Stockungen', title: 'Anteil der Nachrichten, die alle späteren aufhalten, wie es ein verlorenes Paket tut.' },
      stallFor: { label: 'Dauer', title: 'Wie lange eine Stockung dauert.' },
      kbps: { label: 'Bandbreite', title: 'Was die Leitung trägt; 0 heißt unbegrenzt.' },
    },
    switches: {
      prediction: { label: 'Vorhersage', title: 'Dein Schiff gehorcht sofort statt erst nach einer Umlaufzeit.' },
      reconciliation: { label: 'Abgleich', title: 'Unbestätigte Eingaben werden auf dem Stand des Servers wiederholt.' },
      interpolation: { label: 'Interpolation', title: 'Andere bewegen sich zwischen den Ständen, die der Server schickt.' },
      lagCompensation: { label: 'Lag-Ausgleich', title: 'Für die Railgun gilt, was du beim Schuss gesehen hast.' },
    },
    shows: {
      ghosts: { label: 'Geister', title: 'Der letzte Stand des Servers neben dem, was du siehst.' },
      visible: { label: 'Sicht und Raster', title: 'Was der Server dir schickt, und die Zellen, in denen er danach sucht.' },
      pending: { label: 'Offene Eingaben', title: 'Wohin jede unbestätigte Eingabe dein Schiff bringt.' },
    },
    feel: {
      corrections: { name: 'Korrekturen', title: 'Wie oft der Server dein Schiff woanders sah als vorhergesagt, während es niemanden berührte.' },
      correction: { name: 'Korrektur p50, p99', title: 'Wie weit, in Welteinheiten: Median und 99. Perzentil. Ein Schiff ist 28 Einheiten lang.' },
      starved: { name: 'Ausgehungert', title: 'Bilder, für die der neueste Frame zu alt war, um die anderen daraus zu zeichnen: Sie wurden fortgeschrieben oder standen.' },
      jank: { name: 'Ruckler', title: 'Bilder, in denen etwas stand, das sich hätte bewegen sollen.' },
      jumps: { name: 'Sprünge, größter', title: 'Bewegungen mit mehr als der doppelten Höchstgeschwindigkeit von einem Bild zum nächsten, und die weiteste als Vielfaches davon.' },
      input: { name: 'Eingabe bis Anzeige', title: 'Von einer Eingabe bis zum Bild, das sie zeigt; Median.' },
      recovery: { name: 'Erholung p99', title: 'Vom ersten Frame nach einer Stockung bis zu einem Bild, das wieder aus Frames entsteht.' },
      lead: { name: 'Vorlauf, Reserve', title: 'Wie weit deine Eingaben den eintreffenden Frames voraus sind, und wie früh sie beim Server ankommen. Der Vorlauf folgt der Reserve.' },
      late: { name: 'Späte Eingaben', title: 'Eingaben, die nach ihrem Tick beim Server ankamen.' },
      delay: { name: 'Verzug, Puffer', title: 'Wie weit die anderen hinter den eintreffenden Frames gezeichnet werden sollen, und wie viel davon übrig ist.' },
      pending: { name: 'Offene Eingaben', title: 'Eingaben, die der Server noch nicht bestätigt hat; sie werden auf jedem Frame wiederholt.' },
      ticks: (n) => `${n} Ticks`,
    },
    traffic: {
      rtt: { name: 'Umlaufzeit', title: 'Zeit zum Server und zurück, samt den Bedingungen der Leitung.' },
      jitter: { name: 'Jitter', title: 'Wie sehr die Frames im Mittel vom gleichmäßigen Takt abweichen.' },
      tick: { name: 'Tick', title: 'Der Tick des neuesten Frames.' },
      skipped: { name: 'Übersprungene Ticks', title: 'Ticks, für die du keinen Frame bekamst, weil die Verbindung belegt war; der nächste Frame enthält sie.' },
      mismatches: { name: 'Abweichungen', title: 'Prüfsummen der Sicht, die nicht mit denen des Servers übereinstimmten.' },
      in: { name: 'Empfangen', title: 'Empfangene Nutzdaten.' },
      out: { name: 'Gesendet', title: 'Gesendete Nutzdaten.' },
      entity: { name: 'Je Objekt und Tick', title: 'Bytes an Nutzdaten je sichtbarem Objekt und Tick.' },
      screen: { name: 'Bildschirm', title: 'Gezeichnete Bilder in der letzten Sekunde.' },
      of: (part, whole) => `${part} von ${whole}`,
    },
    lanes: { spacing: 'Abstand der Frames', buffer: 'Puffer', corrections: 'Korrekturen', units: 'Einheiten' },
  },
};

/** @type {Record<string, string>} */
const page = {
  'arena@aria-label': 'Die Arena',
  'standing@aria-label': 'Dein Stand',
  'board@aria-label': 'Rangliste',
  leaders: 'Rangliste',
  'feed@aria-label': 'Abschüsse',
  'vitals@aria-label': 'Dein Schiff',
  hull: 'Hülle',
  energy: 'Energie',
  rail: 'Railgun',
  'spectating@aria-label': 'Zuschauen',
  'previous@aria-label': 'Voriger Spieler',
  leader: 'Führender',
  'next@aria-label': 'Nächster Spieler',
  play: 'Spielen',
  'talk@aria-label': 'Chat',
  'lines@aria-label': 'Chatzeilen',
  chat: 'Chat',
  'message@placeholder': 'Nachricht an alle in diesem Raum',
  'tools@aria-label': 'Werkzeuge',
  menu: 'Menü',
  lab: 'Lag-Labor',
  'minimap@aria-label': 'Karte der Welt',
  destroyed: 'Zerstört',
  back: 'Zurück in',
  'closeLab@aria-label': 'Lag-Labor schließen',
  'graph@aria-label': 'Die letzten zehn Sekunden: Abstand der Frames, Puffer und Korrekturen',
  feel: 'Spielgefühl',
  reset: 'Neu zählen',
  'reset@title': 'Beginnt diese Werte von vorn, wie es auch eine Änderung der Leitung tut.',
  link: 'Leitung',
  'presets@aria-label': 'Bekannte Leitungen',
  netcode: 'Netcode',
  show: 'Zeigen',
  traffic: 'Datenverkehr',
  toTitle: 'Zur Startseite',
  slogan: 'Fliegen. Zielen. Im Takt bleiben.',
  name: 'Dein Name',
  'nameField@placeholder': 'anonym',
  watch: 'Zuschauen',
  'keysList@aria-label': 'Tasten',
  leftThumb: 'Linker Daumen: fliegen; ganz nach außen gibt Schub.',
  rightThumb: 'Rechter Daumen: zielen und feuern. Runder Knopf: Railgun.',
  changeKeys: 'Tasten ändern',
  keys: 'Tasten',
  keysHow: 'Klick auf eine Belegung, dann drück eine Taste oder Maustaste.',
  action: 'Aktion',
  key: 'Taste',
  alternative: 'Alternative',
  mouse: 'Maus',
  aims: 'zielt',
  closes: 'Menü, oder schließt',
  theseKeys: 'diese Tasten',
  touch: 'Touch: Linker Daumen fliegt, ganz nach außen gibt Schub; rechter Daumen zielt und feuert; der runde Knopf feuert die Railgun.',
  defaults: 'Zurücksetzen',
  close: 'Schließen',
  runs: 'Das Spiel läuft weiter.',
  resume: 'Weiter',
  sound: 'Ton',
  volume: 'Lautstärke',
  calm: 'Weniger Effekte',
  fullScreen: 'Vollbild',
  spectate: 'Zuschauen',
  copyLink: 'Link zu diesem Raum kopieren',
  leave: 'Verlassen',
  linkToRoom: 'Link zu diesem Raum',
  broken: 'Drumbeat konnte nicht starten',
  brokenText: 'Ein Teil der Seite konnte nicht geladen werden.',
  brokenHow: 'Lade die Seite neu; sie braucht einen Browser mit WebAssembly.',
};

/** @type {import('./index.js').Language} */
export const DE = { texts, page };
