using System.Globalization;
using System.Text;

namespace Appliance.Reports.Page;

/// <summary>
/// Areas over intervals as SVG paths, in a box as wide as there are intervals. They rise in steps, since a value is the mean of its
/// interval.
/// </summary>
internal static class StepPath
{
    /// <summary>The area between two edges; each has a height for every interval, counted downwards as SVG does.</summary>
    public static string Between(ReadOnlySpan<int> edge, ReadOnlySpan<int> other)
    {
        var path = new StringBuilder();
        path.Append(CultureInfo.InvariantCulture, $"M0 {other[0]}");
        for (int from = 0, to; from < edge.Length; from = to)
        {
            for (to = from + 1; to < edge.Length && edge[to] == edge[from]; to++)
            {
            }

            path.Append(CultureInfo.InvariantCulture, $"V{edge[from]}H{to}");
        }

        for (int to = other.Length, from; to > 0; to = from)            // and back along the other edge
        {
            for (from = to - 1; from > 0 && other[from - 1] == other[to - 1]; from--)
            {
            }

            path.Append(CultureInfo.InvariantCulture, $"V{other[to - 1]}H{from}");
        }

        return path.Append('z').ToString();
    }

    /// <summary>Runs of intervals that are alike in every series, first and last of each.</summary>
    public static IEnumerable<(int First, int Last)> Runs(int intervals, Func<int, int, bool> areAlike)
    {
        for (int first = 0, next; first < intervals; first = next)
        {
            next = first + 1;
            while (next < intervals && areAlike(first, next))
                next++;
            yield return (first, next - 1);
        }
    }
}
