export const vetoRegister = [
  { id: 'strong-identifier-conflict', text: 'two values of one authority' },
  { id: 'similar-twins', text: 'twins' },
];
