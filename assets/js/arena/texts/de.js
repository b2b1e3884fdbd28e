// German.

/** @type {import('./index.js').Language} */
export const DE = {
  texts: {
    death: {
      head: 'Zerstört',
    },
  },
  page: {},
};
