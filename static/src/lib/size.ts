// Sizes of files for people, in the page's language.

const UNITS = ["byte", "kilobyte", "megabyte", "gigabyte"] as const;

/** 1536 -> "1,5 КБ" */
export function sizeText(bytes: number): string {
  const step = Math.min(UNITS.length - 1, Math.floor(Math.log2(Math.max(bytes, 1)) / 10));
  const options = { style: "unit", unit: UNITS[step] ?? "byte", unitDisplay: "short", maximumFractionDigits: 1 } as const;
  return new Intl.NumberFormat(document.documentElement.lang, options).format(bytes / 1024 ** step);
}
