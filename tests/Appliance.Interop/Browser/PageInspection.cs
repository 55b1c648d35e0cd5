namespace Appliance.Interop;

/// <summary>
/// Looks at a laid-out page as its reader would: is everything within the window, is every text large enough and in contrast to what is
/// behind it (WCAG 2.2, 1.4.3), do labels of a chart stand apart, has every picture a size and something in it.
/// </summary>
internal static class PageInspection
{
    /// <summary>A function for the browser that answers the faults, a line each.</summary>
    public const string Script = """
        () => {
          const faults = [], root = document.documentElement, width = root.clientWidth;
          const say = (element, what) => faults.push(`${element.tagName}.${element.getAttribute('class') ?? ''}: ${what}`);
          const numbers = colour => colour.match(/[\d.]+/g).map(Number);
          const luminance = rgb => rgb.slice(0, 3).map(value => value / 255)
            .map(value => value <= .04045 ? value / 12.92 : ((value + .055) / 1.055) ** 2.4)
            .reduce((sum, value, i) => sum + value * [.2126, .7152, .0722][i], 0);
          const behind = element => {
            for (; element; element = element.parentElement) {
              const colour = numbers(getComputedStyle(element).backgroundColor);
              if (colour.length === 3 || colour[3] === 1) return colour;
            }
            return [255, 255, 255];
          };
          const contrast = (one, other) => {
            const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
            return (light + .05) / (dark + .05);
          };

          if (root.scrollWidth > width) faults.push(`the page is ${root.scrollWidth} pixels wide in a window of ${width}`);

          const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
          let seen = 0;
          while (texts.nextNode()) {
            const text = texts.currentNode, element = text.parentElement;
            if (!text.data.trim() || element.closest('style, title, details:not([open]) > :not(summary)')) continue;
            seen++;
            const range = document.createRange();
            range.selectNodeContents(text);
            const box = range.getBoundingClientRect(), style = getComputedStyle(element);
            const words = text.data.trim().slice(0, 40);
            if (!element.checkVisibility({ opacityProperty: true, visibilityProperty: true }) || box.width < 1 || box.height < 1)
              say(element, `'${words}' cannot be seen`);
            if (box.left < -1 || box.right > width + 1) say(element, `'${words}' reaches from ${box.left} to ${box.right}`);
            if (parseFloat(style.fontSize) < 10) say(element, `'${words}' is ${style.fontSize} high`);
            const ratio = contrast(numbers(element.closest('svg') ? style.fill : style.color), behind(element));
            if (ratio < 4.5) say(element, `'${words}' has a contrast of ${ratio.toFixed(2)}`);
          }
          if (seen === 0) faults.push('there is no text');

          for (const name of document.querySelectorAll('.name'))
            if (name.scrollWidth > name.clientWidth) say(name, `'${name.textContent.trim()}' does not fit its column`);

          for (const picture of document.querySelectorAll('svg.plot, svg.spark, svg.length, .parts')) {
            const box = picture.getBoundingClientRect();
            if (box.width < 40 || box.height < 8) say(picture, `the picture is ${box.width} by ${box.height} pixels`);
          }
          for (const chart of document.querySelectorAll('svg.plot')) {
            const drawn = [...chart.querySelectorAll('path')].some(path => {
              const box = path.getBoundingClientRect();
              return box.width >= 1 && box.height >= 1 && contrast(numbers(getComputedStyle(path).fill), behind(chart)) > 1.5;
            });
            if (!drawn) say(chart, `'${chart.getAttribute('aria-label')}' is empty`);
          }
          for (const chart of document.querySelectorAll('svg.plot, svg.scale')) {
            const boxes = [...chart.querySelectorAll('text')].map(label => label.getBoundingClientRect());
            boxes.forEach((one, i) => boxes.slice(i + 1).forEach(other => {
              if (one.left < other.right && other.left < one.right && one.top + 2 < other.bottom && other.top + 2 < one.bottom)
                say(chart, `two labels stand on one another at ${one.left}, ${one.top}`);
            }));
          }
          return faults;
        }
        """;
}
