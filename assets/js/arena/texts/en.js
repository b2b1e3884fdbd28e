// English.

export const EN = {
  death: {
    head: 'Destroyed',
  },
};
