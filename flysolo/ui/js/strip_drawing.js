// How a strip is drawn: lanes of channels on one canvas, marks above them, the rules' events below. Methods of StripView.

const LEFT = 92;
const LANE_INK = "#23282c";
const STRIP_FONT = '13px system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", Arial, sans-serif';

function clock(seconds) {
  const whole = Math.max(0, Math.round(seconds));
  const two = (n) => String(n).padStart(2, "0");
  return `${Math.floor(whole / 3600)}:${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}`;
}

function samplesOf(lane) {
  const bytes = lane.samples;
  return new Int16Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
}

const stripDrawing = {
  draw() {
    const page = this.page;
    const width = this.board.clientWidth;
    if (!page.lanes || width < 60) return;
    this.left = width < 480 ? 56 : LEFT;
    const heights = page.lanes.map((lane) => (lane.tall ? 62 : 40));
    const top = 26;
    const height = top + heights.reduce((sum, each) => sum + each, 0) + 42;
    const ratio = window.devicePixelRatio || 1;
    Object.assign(this.canvas, { width: Math.round(width * ratio), height: Math.round(height * ratio) });
    Object.assign(this.canvas.style, { width: `${width}px`, height: `${height}px` });
    const pen = this.canvas.getContext("2d");
    pen.scale(ratio, ratio);
    pen.font = STRIP_FONT;
    const x = (time) => this.left + ((time - this.first) / page.seconds) * (width - this.left);
    this.grid(pen, x, width, height);
    this.boxes(pen, x, this.model.get("marks"), 4, 17, "#0d5c63", height, "you");
    this.boxes(pen, x, this.model.get("scored"), height - 39, 16, "#8a4b14", height, "rules");
    let y = top;
    page.lanes.forEach((lane, i) => {
      this.lane(pen, lane, y, heights[i], x, width);
      y += heights[i];
    });
    this.pointer(pen, x, height);
  },

  grid(pen, x, width, height) {
    pen.strokeStyle = "#e4ddd2";
    pen.fillStyle = "#585550";
    const step = this.page.seconds > 200 ? 30 : this.page.seconds > 45 ? 10 : 5;
    pen.textAlign = "center";
    for (let t = Math.ceil(this.first / step) * step; t <= this.last; t += step) {
      pen.beginPath();
      pen.moveTo(x(t), 22);
      pen.lineTo(x(t), height - 20);
      pen.stroke();
      if (t % (width < 480 ? 4 * step : 2 * step) === 0 && x(t) > this.left + 20 && x(t) < width - 26) pen.fillText(clock(t), x(t), height - 6);
    }
    pen.textAlign = "left";
  },

  boxes(pen, x, marks, y, tall, color, height, who) {
    pen.fillStyle = color;
    pen.textAlign = "left";
    if (marks.length || (who === "you" && this.model.get("marking"))) pen.fillText(who, 2, y + 12);
    for (const each of marks) {
      const [from, to] = [Math.max(each.start_s, this.first), Math.min(each.start_s + each.duration_s, this.last)];
      if (to <= from) continue;
      pen.globalAlpha = 0.1;
      pen.fillRect(x(from), 22, x(to) - x(from), height - 62);
      pen.globalAlpha = 1;
      if (who === "rules") { pen.strokeStyle = color; pen.strokeRect(x(from) + 0.5, y + 0.5, x(to) - x(from) - 1, tall - 1); }
      else pen.fillRect(x(from), y, x(to) - x(from), tall);
      pen.save();
      pen.beginPath();
      pen.rect(x(from), y, x(to) - x(from), tall);
      pen.clip();
      pen.fillStyle = who === "rules" ? color : "#fff";
      pen.fillText(each.short || each.kind, x(from) + 4, y + 12);
      pen.restore();
      pen.fillStyle = color;
    }
  },

  lane(pen, lane, y, tall, x, width) {
    pen.fillStyle = LANE_INK;
    pen.fillText(this.left < LEFT ? lane.short : lane.label, 2, y + tall / 2 + (lane.unit ? -2 : 4));
    pen.fillStyle = "#585550";
    if (lane.unit) pen.fillText(lane.unit, 2, y + tall / 2 + 13);
    const samples = samplesOf(lane);
    const at = (value) => y + 4 + (1 - (value + 32767) / 65534) * (tall - 8);
    pen.strokeStyle = LANE_INK;
    pen.lineWidth = 1.2;
    pen.beginPath();
    const perPixel = (samples.length / Math.max(width - this.left, 1)) || 1;
    const time = (i) => x(this.first + i / lane.rate);
    if (lane.words) for (let i = 0; i < samples.length; i += 1) { // steps, not slopes, for states
      pen.lineTo(time(i), at(samples[i]));
      pen.lineTo(time(i + 1), at(samples[i]));
    } else if (perPixel < 4) samples.forEach((value, i) => pen.lineTo(time(i), at(value)));
    else for (let i = 0; i < samples.length; i += perPixel) { // highest and lowest of each pixel, so that no peak is lost
      let [low, high] = [32767, -32767];
      for (let k = Math.floor(i); k < Math.min(i + perPixel, samples.length); k += 1) { low = Math.min(low, samples[k]); high = Math.max(high, samples[k]); }
      pen.lineTo(time(i), at(high));
      pen.lineTo(time(i), at(low));
    }
    pen.stroke();
    pen.lineWidth = 1;
    if (!lane.spoken) return;
    const middle = samples[Math.floor(samples.length / 2)];
    const value = lane.low + ((middle + 32767) / 65534) * (lane.high - lane.low);
    const words = lane.words ? lane.words[Math.round(value)] : value.toFixed(lane.digits ?? 0);
    pen.textAlign = "right";
    pen.lineWidth = 4;
    pen.strokeStyle = "#fffdf9";
    pen.strokeText(words, width - 4, y + 14);
    pen.fillText(words, width - 4, y + 14);
    pen.lineWidth = 1;
    pen.textAlign = "left";
  },

  pointer(pen, x, height) {
    if (this.begun !== null) {
      pen.fillStyle = "rgba(13, 92, 99, 0.22)";
      const [from, to] = [Math.min(this.begun, this.cursor), Math.max(this.begun, this.cursor)];
      pen.fillRect(x(from), 22, Math.max(x(to) - x(from), 2), height - 62);
    }
    if (this.cursor === null) return;
    pen.strokeStyle = "#5b4275";
    pen.lineWidth = 2;
    pen.beginPath();
    pen.moveTo(x(this.cursor), 2);
    pen.lineTo(x(this.cursor), height - 2);
    pen.stroke();
    pen.lineWidth = 1;
  },
};
