using System.Text;

namespace Appliance.Interop.Vm;

/// <summary>Masters over time as a picture: a row for each machine, a mark for each advert, a line for each thing that was done.</summary>
internal static class DrillPicture
{
    private const int SecondPixels = 6, Left = 60, Row = 40, Top = 150;

    public static string Draw(
        IReadOnlyList<DrillPhase> phases, IReadOnlyList<(double Time, int Sender)> adverts, IReadOnlyList<int> senders)
    {
        double start = phases[0].From, end = phases[^1].Until;
        var svg = new StringBuilder();
        int width = Left + (int)((end - start) * SecondPixels) + 20, height = Top + (Row * senders.Count) + 20;
        string size = $"width=\"{width}\" height=\"{height}\"";
        Line(svg, $"<svg xmlns=\"http://www.w3.org/2000/svg\" {size} font-family=\"sans-serif\" font-size=\"11\">");
        Line(svg, $"<rect width=\"{width}\" height=\"{height}\" fill=\"white\"/>");
        for (int i = 0; i < senders.Count; i++)
            Line(svg, $"<text x=\"4\" y=\"{Top + (i * Row) + 24}\">{(char)('A' + i)} .{senders[i]}</text>");
        foreach (DrillPhase phase in phases)
        {
            int x = X(phase.From, start);
            Line(svg, $"<line x1=\"{x}\" y1=\"{Top - 6}\" x2=\"{x}\" y2=\"{height - 10}\" stroke=\"#999\"/>");
            Line(svg, $"<text transform=\"translate({x + 4},{Top - 10}) rotate(-45)\">{phase.Name}: {phase.GapMilliseconds} ms</text>");
        }

        foreach ((double time, int sender) in adverts.Where(advert => advert.Time >= start && advert.Time <= end))
        {
            int row = senders.ToList().IndexOf(sender);
            if (row >= 0)
                Line(svg, $"<rect x=\"{X(time, start)}\" y=\"{Top + (row * Row) + 8}\" width=\"4\" height=\"24\" fill=\"#2563a8\"/>");
        }

        return svg.Append("</svg>\n").ToString();
    }

    private static int X(double time, double start) => Left + (int)((time - start) * SecondPixels);

    private static void Line(StringBuilder svg, string line) => svg.Append(line).Append('\n');
}
