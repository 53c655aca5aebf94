/** Texts that would run, break out or disturb others if a page took them for anything but text. */

/** Each sets `window.__xss` should it ever run. */
export const SCRIPTS = [
  "<script>window.__xss=1</script><img src=x onerror=\"window.__xss=2\"><svg onload=window.__xss=3>\"'`${window.__xss=4}{{constructor.constructor(\"window.__xss=5\")()}}",
  "</textarea></script></leptos-island><script>window.__xss=6</script>",
  "--><!--<script>window.__xss=7</script>]]>",
  "javascript:window.__xss=8 and data:text/html,<script>window.__xss=9</script> and https://ok.example/?a=1&b=\"x\"",
  "\\u003cscript\\u003ewindow.__xss=10\\u003c/script\\u003e &lt;b&gt; &#60;b&#62; %3Cb%3E",
];

/** A name that would run. */
export const NAME = "<img src=x onerror=window.__xss=11>";

/** Directions overridden and isolated, zero-width letters, stacked accents, families and flags. */
export const BIDI =
  "\u202eevil override\u202c \u05e9\u05dc\u05d5\u05dd \u0645\u0631\u062d\u0628\u0627 a\u200bb\u200dc\ufeffd " +
  "\u{1f468}\u200d\u{1f469}\u200d\u{1f467}\u200d\u{1f466} \u{1f1e8}\u{1f1ff} " +
  "Z\u0351\u036b\u0343\u036a\u0302\u036b\u033d\u034f\u0334\u0319\u0324\u031e\u0349\u035a\u032f\u031e\u0320 \u2066isolate\u2069";

/** As long as a message may be, with nowhere to break. */
export const LONG_WORD = "W".repeat(4096);
