using System.Text;

namespace Appliance.Reports;

/// <summary>
/// Columns of text under headings: the first to the left, then numbers to the right, then words to the left. Two spaces keep them apart.
/// </summary>
internal sealed class TextTable(int numbers, params string[] headings)
{
    private readonly List<string[]> _rows = [headings];

    public void Add(params string[] cells) => _rows.Add(cells);

    public void AppendTo(StringBuilder text)
    {
        int[] widths = [.. Enumerable.Range(0, headings.Length).Select(column => _rows.Max(row => row[column].Length))];
        foreach (string[] row in _rows)
        {
            IEnumerable<string> cells = row.Select((cell, column) =>
                column >= 1 && column <= numbers ? cell.PadLeft(widths[column]) : cell.PadRight(widths[column]));
            text.AppendLine(string.Join("  ", cells).TrimEnd());
        }

        text.AppendLine();
    }
}
