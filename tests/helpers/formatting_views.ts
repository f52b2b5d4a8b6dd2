/** How the terminal and the page draw the samples of `formatting_samples.ts` for a reader called zoe. */

export interface FormattingView {
  /** The lines in the terminal, the first one without time and name; ESC is `␛`. */
  readonly lines: readonly string[];
  /** The element on the page. */
  readonly html: string;
}

export const FORMATTING_VIEWS: Readonly<Record<string, FormattingView>> = {
  ["a *b* _c_ **d** __e__ ~~f~~"]: {
    lines: ["a ␛[3mb␛[23m ␛[3mc␛[23m ␛[1md␛[22m ␛[1me␛[22m ␛[9mf␛[29m"],
    html: '<p dir="auto" class="text">a <em>b</em> <em>c</em> <strong>d</strong> <strong>e</strong> <s>f</s></p>',
  },
  ["**a *b* c** ***d***"]: {
    lines: ["␛[1ma ␛[22m␛[1m␛[3mb␛[23m␛[22m␛[1m c␛[22m ␛[1m␛[3md␛[23m␛[22m"],
    html:
      '<p dir="auto" class="text"><strong>a </strong><strong><em>b</em></strong><strong> c</strong> <strong><em>d</em></strong></p>',
  },
  ["~~**a** `b`~~"]: {
    lines: ["␛[1m␛[9ma␛[29m␛[22m␛[9m ␛[29m␛[9m␛[38;5;30mb␛[39m␛[29m"],
    html: '<p dir="auto" class="text"><strong><s>a</s></strong><s> </s><s><code>b</code></s></p>',
  },
  ["**a\nb**"]: {
    lines: ["␛[1ma␛[22m", "        ␛[1mb␛[22m"],
    html: '<p dir="auto" class="text"><strong>a\nb</strong></p>',
  },
  ["**a\n\nb**"]: {
    lines: ["**a", "        ", "        b**"],
    html: '<div class="text"><p dir="auto">**a</p><p><br></p><p dir="auto">b**</p></div>',
  },
  ["snake_case_words, __init, a_b"]: {
    lines: ["snake_case_words, __init, a_b"],
    html: '<p dir="auto" class="text">snake_case_words, __init, a_b</p>',
  },
  ["2 * 3 * 4 = 24, 2*3*4, 2**3**4"]: {
    lines: ["2 * 3 * 4 = 24, 2*3*4, 2**3**4"],
    html: '<p dir="auto" class="text">2 * 3 * 4 = 24, 2*3*4, 2**3**4</p>',
  },
  ["width*height*depth, *.ts and *.js"]: {
    lines: ["width*height*depth, *.ts and *.js"],
    html: '<p dir="auto" class="text">width*height*depth, *.ts and *.js</p>',
  },
  [":-) :-* -_- yes -_- ^_^ no ^_^ *_* >_< ;_;"]: {
    lines: [":-) :-* -_- yes -_- ^_^ no ^_^ *_* >_< ;_;"],
    html: '<p dir="auto" class="text">:-) :-* -_- yes -_- ^_^ no ^_^ *_* &gt;_&lt; ;_;</p>',
  },
  ["¯\\_(ツ)_/¯ C:\\path\\* D:\\x\\*.txt"]: {
    lines: ["¯\\_(ツ)_/¯ C:\\path\\* D:\\x\\*.txt"],
    html: '<p dir="auto" class="text">¯\\_(ツ)_/¯ C:\\path\\* D:\\x\\*.txt</p>',
  },
  ["not \\*this\\* \\_that\\_ \\`it\\`, but \\\\*that*"]: {
    lines: ["not \\*this\\* \\_that\\_ \\`it\\`, but \\\\␛[3mthat␛[23m"],
    html: '<p dir="auto" class="text">not \\*this\\* \\_that\\_ \\`it\\`, but \\\\<em>that</em></p>',
  },
  ["# no title\n#tag\ntext\n===\ntext\n---"]: {
    lines: ["# no title", "        #tag", "        text", "        ===", "        text", "        ---"],
    html: '<p dir="auto" class="text"># no title\n#tag\ntext\n===\ntext\n---</p>',
  },
  ["---\n* * *\n-\n1.\n~~~"]: {
    lines: ["---", "        * * *", "        -", "        1.", "        ~~~"],
    html:
      '<div class="text"><p dir="auto">---</p><p dir="auto">* * *</p><p dir="auto">-</p><p dir="auto">1.</p><p dir="auto">~~~</p></div>',
  },
  ["   indented *a*\n      more\n    - none"]: {
    lines: ["   indented ␛[3ma␛[23m", "              more", "            - none"],
    html: '<p dir="auto" class="text">   indented <em>a</em>\n      more\n    - none</p>',
  },
  ["two spaces  \n*and* a backslash\\\n  end"]: {
    lines: ["two spaces  ", "        ␛[3mand␛[23m a backslash\\", "          end"],
    html: '<p dir="auto" class="text">two spaces  \n<em>and</em> a backslash\\\n  end</p>',
  },
  ["*a*\n\n\n\n\n\nb"]: {
    lines: ["␛[3ma␛[23m", "        ", "        ", "        ", "        b"],
    html: '<div class="text"><p dir="auto"><em>a</em></p><p><br><br><br></p><p dir="auto">b</p></div>',
  },
  ["<b>*a*</b> &amp; <!-- c --> $x_1$ {{y}}"]: {
    lines: ["<b>␛[3ma␛[23m</b> &amp; <!-- c --> $x_1$ {{y}}"],
    html: '<p dir="auto" class="text">&lt;b&gt;<em>a</em>&lt;/b&gt; &amp;amp; &lt;!-- c --&gt; $x_1$ {{y}}</p>',
  },
  ["| a | b |\n|---|---|\n| *c* | d |"]: {
    lines: ["| a | b |", "        |---|---|", "        | ␛[3mc␛[23m | d |"],
    html: '<p dir="auto" class="text">| a | b |\n|---|---|\n| <em>c</em> | d |</p>',
  },
  ["[foo]: https://a.example *x*"]: {
    lines: ["[foo]: ␛[4mhttps://a.example␛[24m ␛[3mx␛[23m"],
    html:
      '<p dir="auto" class="text">[foo]: <a href="https://a.example/" target="_blank" rel="noopener noreferrer nofollow">https://a.example</a> <em>x</em></p>',
  },
  ["`a  *b*` ``c`d`` `` ` `` ` e `"]: {
    lines: ["␛[38;5;30ma  *b*␛[39m ␛[38;5;30mc`d␛[39m ␛[38;5;30m`␛[39m ␛[38;5;30me␛[39m"],
    html: '<p dir="auto" class="text"><code>a  *b*</code> <code>c`d</code> <code>`</code> <code>e</code></p>',
  },
  ["`open and ``closed``"]: {
    lines: ["`open and ␛[38;5;30mclosed␛[39m"],
    html: '<p dir="auto" class="text">`open and <code>closed</code></p>',
  },
  ["a ```b\n   c``` d"]: {
    lines: ["a ␛[38;5;30mb␛[39m", "        ␛[38;5;30m   c␛[39m d"],
    html: '<p dir="auto" class="text">a <code>b\n   c</code> d</p>',
  },
  ["```js\nlet a;\n\n\tb **c**   \n```\nend"]: {
    lines: [
      "",
      "        ␛[2m┌ js␛[22m",
      "        ␛[2m│ ␛[22m␛[38;5;30mlet a;␛[39m",
      "        ␛[2m│ ␛[22m",
      "        ␛[2m│ ␛[22m␛[38;5;30m\tb **c**   ␛[39m",
      "        end",
    ],
    html:
      '<div class="text"><figure><figcaption>js</figcaption><pre dir="ltr"><code>let a;\n\n\tb **c**   </code></pre></figure><p dir="auto">end</p></div>',
  },
  ["see:\n~~~\n[12:00] bob: hi\n```\n~~~"]: {
    lines: ["see:", "        ␛[2m│ ␛[22m␛[38;5;30m[12:00] bob: hi␛[39m", "        ␛[2m│ ␛[22m␛[38;5;30m```␛[39m"],
    html: '<div class="text"><p dir="auto">see:</p><pre dir="ltr"><code>[12:00] bob: hi\n```</code></pre></div>',
  },
  ["```\nnever closed\n  zoe"]: {
    lines: ["", "        ␛[2m│ ␛[22m␛[38;5;30mnever closed␛[39m", "        ␛[2m│ ␛[22m␛[38;5;30m  zoe␛[39m"],
    html: '<div class="text"><pre dir="ltr"><code>never closed\n  zoe</code></pre></div>',
  },
  ["```\n```"]: {
    lines: ["```", "        ```"],
    html: '<p dir="auto" class="text">```\n```</p>',
  },
  ["> a *b*\n> [12:00] bob: hi\nnot quoted"]: {
    lines: ["", "        ␛[2m> ␛[22ma ␛[3mb␛[23m", "        ␛[2m> ␛[22m[12:00] bob: hi", "        not quoted"],
    html:
      '<div class="text"><blockquote dir="auto"><p>a <em>b</em>\n[12:00] bob: hi</p></blockquote><p dir="auto">not quoted</p></div>',
  },
  ["> a\n>\n> b\n\n> c\n>> d"]: {
    lines: [
      "",
      "        ␛[2m> ␛[22ma",
      "        ␛[2m> ␛[22m",
      "        ␛[2m> ␛[22mb",
      "        ",
      "        ␛[2m> ␛[22mc",
      "        ␛[2m> ␛[22m␛[2m> ␛[22md",
    ],
    html:
      '<div class="text"><blockquote dir="auto"><p>a</p><p><br></p><p>b</p></blockquote><p><br></p><blockquote dir="auto"><p>c</p><blockquote><p>d</p></blockquote></blockquote></div>',
  },
  ["> ```\n> a\nb"]: {
    lines: ["", "        ␛[2m> ␛[22m␛[2m│ ␛[22m␛[38;5;30ma␛[39m", "        b"],
    html:
      '<div class="text"><blockquote dir="auto"><pre dir="ltr"><code>a</code></pre></blockquote><p dir="auto">b</p></div>',
  },
  ["a > b\n>_> >:(\n>.<"]: {
    lines: ["a > b", "        >_> >:(", "        >.<"],
    html: '<p dir="auto" class="text">a &gt; b\n&gt;_&gt; &gt;:(\n&gt;.&lt;</p>',
  },
  ["- a\n* b\n+ c"]: {
    lines: ["", "        • a", "        • b", "        • c"],
    html:
      '<div class="text"><ul dir="auto"><li><p>a</p></li></ul><ul dir="auto"><li><p>b</p></li></ul><ul dir="auto"><li><p>c</p></li></ul></div>',
  },
  ["to do:\n- a\n  more\n  - b\n- c\nend"]: {
    lines: ["to do:", "        • a", "          more", "          • b", "        • c", "        end"],
    html:
      '<div class="text"><p dir="auto">to do:</p><ul dir="auto"><li><p>a\nmore</p><ul><li><p>b</p></li></ul></li><li><p>c</p></li></ul><p dir="auto">end</p></div>',
  },
  ["1. yes\n3. no\n12) z"]: {
    lines: ["", "        1. yes", "        3. no", "        12) z"],
    html:
      '<div class="text"><ol dir="auto"><li value="1"><p>yes</p></li><li value="3"><p>no</p></li></ol><ol dir="auto" class="brackets"><li value="12"><p>z</p></li></ol></div>',
  },
  ["the year was\n2019. It rained"]: {
    lines: ["the year was", "        2019. It rained"],
    html: '<p dir="auto" class="text">the year was\n2019. It rained</p>',
  },
  ["- a\n\n  b\n-\n- ```\n  c\n  ```"]: {
    lines: ["", "        • a", "          ", "          b", "        • ", "        • ␛[2m│ ␛[22m␛[38;5;30mc␛[39m"],
    html:
      '<div class="text"><ul dir="auto"><li><p>a</p><p><br></p><p>b</p></li><li></li><li><pre dir="ltr"><code>c</code></pre></li></ul></div>',
  },
  ["-5 degrees, -a, 1.5 and +1"]: {
    lines: ["-5 degrees, -a, 1.5 and +1"],
    html: '<p dir="auto" class="text">-5 degrees, -a, 1.5 and +1</p>',
  },
  ["https://a.example/x_y_z, *https://b.example/* (https://c.example/d_(e))"]: {
    lines: [
      "␛[4mhttps://a.example/x_y_z␛[24m, ␛[4m␛[3mhttps://b.example/␛[23m␛[24m (␛[4mhttps://c.example/d_(e)␛[24m)",
    ],
    html:
      '<p dir="auto" class="text"><a href="https://a.example/x_y_z" target="_blank" rel="noopener noreferrer nofollow">https://a.example/x_y_z</a>, <a href="https://b.example/" target="_blank" rel="noopener noreferrer nofollow"><em>https://b.example/</em></a> (<a href="https://c.example/d_(e)" target="_blank" rel="noopener noreferrer nofollow">https://c.example/d_(e)</a>)</p>',
  },
  ["[the *notes* of zoe](https://a.example/n?q=1&r)"]: {
    lines: ["␛[4mthe ␛[24m␛[4m␛[3mnotes␛[23m␛[24m␛[4m of zoe␛[24m␛[2m (https://a.example/n?q=1&r)␛[22m"],
    html:
      '<p dir="auto" class="text"><a href="https://a.example/n?q=1&amp;r" title="https://a.example/n?q=1&amp;r" target="_blank" rel="noopener noreferrer nofollow">the <em>notes</em> of zoe</a><bdi class="host"> (a.example)</bdi></p>',
  },
  ["[https://bank.example](https://evil.example)"]: {
    lines: ["␛[4mhttps://bank.example␛[24m␛[2m (https://evil.example)␛[22m"],
    html:
      '<p dir="auto" class="text"><a href="https://evil.example/" title="https://evil.example" target="_blank" rel="noopener noreferrer nofollow">https://bank.example</a><bdi class="host"> (evil.example)</bdi></p>',
  },
  ["[https://a.example](https://a.example)"]: {
    lines: ["␛[4mhttps://a.example␛[24m"],
    html:
      '<p dir="auto" class="text"><a href="https://a.example/" target="_blank" rel="noopener noreferrer nofollow">https://a.example</a></p>',
  },
  ["![a](https://b.example/c.png)"]: {
    lines: ["!␛[4ma␛[24m␛[2m (https://b.example/c.png)␛[22m"],
    html:
      '<p dir="auto" class="text">!<a href="https://b.example/c.png" title="https://b.example/c.png" target="_blank" rel="noopener noreferrer nofollow">a</a><bdi class="host"> (b.example)</bdi></p>',
  },
  ["[a](javascript:alert(1)) [b](data:x) [c](/d) [](e)"]: {
    lines: ["[a](javascript:alert(1)) [b](data:x) [c](/d) [](e)"],
    html: '<p dir="auto" class="text">[a](javascript:alert(1)) [b](data:x) [c](/d) [](e)</p>',
  },
  ['[a](https://b.example "t") [ ](https://b.example)']: {
    lines: ['[a](␛[4mhttps://b.example␛[24m "t") [ ](␛[4mhttps://b.example␛[24m)'],
    html:
      '<p dir="auto" class="text">[a](<a href="https://b.example/" target="_blank" rel="noopener noreferrer nofollow">https://b.example</a> "t") [ ](<a href="https://b.example/" target="_blank" rel="noopener noreferrer nofollow">https://b.example</a>)</p>',
  },
  ["`https://a.example` zoe"]: {
    lines: ["␛[38;5;30mhttps://a.example␛[39m ␛[1;7mzoe␛[22;27m"],
    html: '<p dir="auto" class="text"><code>https://a.example</code> <mark>zoe</mark></p>',
  },
  ["/me waves at *zoe*"]: {
    lines: ["waves at ␛[3m␛[1;7mzoe␛[22;27m␛[23m"],
    html: '<p dir="auto" class="text action">waves at <em><mark>zoe</mark></em></p>',
  },
};
