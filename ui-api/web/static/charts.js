// Draws the bar charts of a page. Their figures stand in the page as JSON; colours come from the
// style sheet, so that a change of theme only draws again. SVG, and texts drawn in the picture:
// the content policy allows no style attributes.
(() => {
  'use strict';
  const css = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const still = matchMedia('(prefers-reduced-motion: reduce)').matches;

  const option = (d, narrow) => {
    const words = { color: css('--fw-ink-2'), fontSize: 12, fontFamily: css('--fw-sans') };
    return {
      animation: !still, animationDuration: 300, textStyle: words,
      grid: { left: 8, right: 8, top: 16, bottom: 4, containLabel: true },
      tooltip: {
        trigger: 'axis', axisPointer: { type: 'shadow', shadowStyle: { color: css('--fw-sunk'), opacity: .6 } },
        renderMode: 'richText', backgroundColor: css('--fw-ink'), borderWidth: 0, padding: [6, 10],
        textStyle: { ...words, color: css('--fw-paper') },
        valueFormatter: n => n.toLocaleString(document.documentElement.lang),
      },
      xAxis: { type: 'category', data: d.names, axisTick: { show: false }, axisLine: { lineStyle: { color: css('--fw-edge') } },
        axisLabel: { ...words, interval: narrow ? 2 : 0 } },
      yAxis: { type: 'value', splitNumber: 3, minInterval: 1, splitLine: { lineStyle: { color: css('--fw-line') } },
        axisLabel: { ...words, formatter: n => n.toLocaleString(document.documentElement.lang) } },
      series: [{ name: d.series, type: 'bar', data: d.bars, barMaxWidth: 28, emphasis: { disabled: true },
        itemStyle: { color: css('--fw-brand'), borderRadius: [2, 2, 0, 0] } }],
    };
  };

  const drawn = [];
  const draw = () => {
    drawn.splice(0).forEach(c => c.dispose());
    for (const el of document.querySelectorAll('[data-chart]')) {
      const data = JSON.parse(document.getElementById(el.dataset.chart).textContent);
      const chart = echarts.init(el, null, { renderer: 'svg' });
      chart.setOption(option(data, el.clientWidth < 640));
      drawn.push(chart);
    }
  };
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', draw);
  let wait;
  addEventListener('resize', () => { clearTimeout(wait); wait = setTimeout(draw, 150); });
  draw();
})();
