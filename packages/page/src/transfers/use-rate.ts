import { useEffect, useRef, useState } from "react";

/** How much a number grows in a second, over the last few; undefined until that can be said. */
export function useRate(value: number, grows: boolean): number | undefined {
  const newest = useRef(value);
  newest.current = value;
  const [rate, setRate] = useState<number>();
  useEffect(() => {
    if (!grows) return undefined;
    const seen: { at: number; value: number }[] = [];
    const timer = setInterval(() => {
      seen.push({ at: performance.now(), value: newest.current });
      const [first, last] = [seen.at(-5) ?? seen[0], seen.at(-1)];
      if (first && last && last.at > first.at) setRate((1_000 * (last.value - first.value)) / (last.at - first.at));
    }, 500);
    return () => {
      clearInterval(timer);
      setRate(undefined);
    };
  }, [grows]);
  return rate;
}
