// Numbers and times as people read them. Pure functions.

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const oneDigit = new Intl.NumberFormat('en', { maximumFractionDigits: 1 });
const clock = new Intl.DateTimeFormat('en', { timeStyle: 'medium', hourCycle: 'h23' });

export const count = (number) => whole.format(number);

export const rate = (perSecond) => (perSecond < 10 ? oneDigit : whole).format(perSecond);

export const timeOf = (us) => clock.format(new Date(us / 1000));

/** An age in its two largest units, e.g. `3 min 12 s`. */
export function age(us) {
  const seconds = Math.max(0, Math.floor(us / 1e6));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return `${hours} h ${minutes % 60} min`;
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}
