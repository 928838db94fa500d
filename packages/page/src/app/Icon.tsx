/** Small drawings, each of strokes on a square of 24. They say nothing by themselves: what they stand for is in the text. */
export function Icon({ name, size = 18 }: { readonly name: IconName; readonly size?: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.75"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      <path d={paths[name]} />
    </svg>
  );
}

export type IconName = keyof typeof paths;

const paths = {
  library: "M4 5v14M8.5 5v14M13 5.5l1.5 13.2M13 5.5l3-.4 3.7 13.5-5.2.1",
  sharing:
    "M8.5 13.2l7 3.9M15.5 6.9l-7 3.9M18 8a2.7 2.7 0 1 0 0-5.4A2.7 2.7 0 0 0 18 8ZM6 14.7a2.7 2.7 0 1 0 0-5.4 2.7 2.7 0 0 0 0 5.4ZM18 21.4a2.7 2.7 0 1 0 0-5.4 2.7 2.7 0 0 0 0 5.4Z",
  transfers: "M12 4v11M7.5 10.5 12 15l4.5-4.5M4.5 19.5h15",
  activity: "M3 12h4l3-8 4 16 3-8h4",
  devices: "M4 5h11v9H4zM2.5 17.5H13M16.5 9.5H21v10h-4.5z",
  services: "M4 4.5h16v6H4zM4 13.5h16v6H4zM7.5 7.5h.01M7.5 16.5h.01",
  folder:
    "M3.5 6.5A1.5 1.5 0 0 1 5 5h4.5l2 2.5H19A1.5 1.5 0 0 1 20.500 9v8.5A1.500 1.500 0 0 1 19 19H5a1.500 1.500 0 0 1-1.500-1.500Z",
  file: "M6 3.500h8l4.500 4.500v12.500H6ZM13.500 3.500v5h5",
  image: "M4 5h16v14H4zM4 16l4.500-4.500 4 4 2.500-2.500 5 5M15.500 9h.01",
  video: "M4 6h11v12H4zM15 10.500l5.500-3v9l-5.500-3",
  audio:
    "M9 18V5.500l10-2V16M6.500 20.500A2.500 2.500 0 1 0 6.500 15.500a2.500 2.500 0 0 0 0 5ZM16.500 18.500a2.500 2.500 0 1 0 0-5 2.500 2.500 0 0 0 0 5Z",
  text: "M6 3.500h12v17H6ZM9 8h6M9 12h6M9 16h4",
  search: "M10.500 17a6.500 6.500 0 1 0 0-13 6.500 6.500 0 0 0 0 13ZM15.500 15.500 20 20",
  list: "M8 6h12M8 12h12M8 18h12M4 6h.01M4 12h.01M4 18h.01",
  grid: "M4 4h6.500v6.500H4zM13.500 4H20v6.500h-6.500zM4 13.500h6.500V20H4zM13.500 13.500H20V20h-6.500z",
  close: "M6 6l12 12M18 6 6 18",
  previous: "M14.500 5.500 8 12l6.500 6.500",
  next: "M9.500 5.500 16 12l-6.500 6.500",
  up: "M12 19V5M6 11l6-6 6 6",
  pause: "M8.500 5v14M15.500 5v14",
  play: "M8 5l11 7-11 7Z",
  people:
    "M9 11.500a3.500 3.500 0 1 0 0-7 3.500 3.500 0 0 0 0 7ZM2.500 19.500c.6-3.200 3.200-5 6.500-5s5.900 1.800 6.500 5M16 11a3 3 0 0 0 0-6M18 14.800c2 .7 3.200 2.300 3.500 4.700",
  check: "M4.500 12.500 10 18 19.500 6.500",
} as const;
