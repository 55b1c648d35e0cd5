using System.Text;

namespace Appliance.Reports;

/// <summary>
/// Columns of text under headings: a heading begins with <c>&lt;</c> for words, to the left, or <c>&gt;</c> for numbers, to the right. Two
/// spaces keep them apart.
/// </summary>
internal sealed class ColumnTable(params string[] headings)
{
    private readonly List<string[]> _rows = [[.. headings.Select(heading => heading[1..])]];
    private readonly int[] _widths = [.. headings.Select(heading => heading.Length - 1)];

    /// <summary>Rows that wait to be printed.</summary>
    public int Count => _rows.Count;

    public void Add(params string[] cells)
    {
        for (int column = 0; column < cells.Length; column++) _widths[column] = Math.Max(_widths[column], cells[column].Length);
        _rows.Add(cells);
    }

    /// <summary>Prints what was added since the last time; columns may only have become wider.</summary>
    public void AppendTo(StringBuilder text)
    {
        foreach (string[] row in _rows)
        {
            IEnumerable<string> cells = row.Select((cell, column) =>
                headings[column][0] == '>' ? cell.PadLeft(_widths[column]) : cell.PadRight(_widths[column]));
            text.AppendLine(string.Join("  ", cells).TrimEnd());
        }

        _rows.Clear();
    }
}
