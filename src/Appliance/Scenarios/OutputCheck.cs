using System.Globalization;
using Appliance.Wire.Text;

namespace Appliance.Scenarios;

/// <summary>
/// Holds what left by a port against the capture of what should have: the same frames to the byte, in the same order within each flow and
/// direction. Timestamps count for nothing.
/// </summary>
internal static class OutputCheck
{
    /// <summary>Frames of one output that have a line each; the others are counted in one.</summary>
    public const int MaximumLines = 20;

    private sealed record Numbered(int Number, byte[] Bytes);

    /// <summary>A line for each frame that is missing, too much or different, behind a prefix that names the output.</summary>
    public static IEnumerable<string> Run(string prefix, string file, IReadOnlyList<byte[]> expected, IReadOnlyList<byte[]> left)
    {
        Dictionary<string, List<Numbered>> flows = Split(expected), others = Split(left);
        List<(int Number, string Line)> lines =
        [
            .. flows.SelectMany(flow => Compare(file, flow.Value, others.GetValueOrDefault(flow.Key, []))),
            .. others.Where(flow => !flows.ContainsKey(flow.Key)).SelectMany(flow => Compare(file, [], flow.Value)),
        ];
        foreach ((_, string line) in lines.OrderBy(line => line.Number).Take(MaximumLines))
            yield return prefix + line;
        if (lines.Count > MaximumLines)
            yield return prefix + string.Create(CultureInfo.InvariantCulture, $"{lines.Count - MaximumLines} more frames differ");
    }

    private static Dictionary<string, List<Numbered>> Split(IReadOnlyList<byte[]> frames) => frames
        .Select((bytes, index) => (Flow: FlowName.Of(bytes), Frame: new Numbered(index + 1, bytes)))
        .GroupBy(frame => frame.Flow, frame => frame.Frame, StringComparer.Ordinal)
        .ToDictionary(flow => flow.Key, flow => flow.ToList(), StringComparer.Ordinal);

    /// <summary>One flow: frames that are in both are taken out; what remains is held side by side, in order.</summary>
    private static IEnumerable<(int Number, string Line)> Compare(string file, List<Numbered> expected, List<Numbered> left)
    {
        bool isSame = expected.Select(frame => frame.Bytes).SequenceEqual(left.Select(frame => frame.Bytes), ByteContents.Same);
        if (isSame) yield break;
        List<Numbered> missing = Without(expected, left), surplus = Without(left, expected);
        if (missing.Count == 0 && surplus.Count == 0)
        {
            Numbered first = expected.Zip(left).First(pair => !ByteContents.Same.Equals(pair.First.Bytes, pair.Second.Bytes)).First;
            string text = FrameText.Format(first.Bytes);
            yield return (first.Number, $"from frame {first.Number} of {file} on, {text}: its flow left in another order");
        }

        for (int i = 0; i < Math.Max(missing.Count, surplus.Count); i++)
        {
            Numbered? wanted = i < missing.Count ? missing[i] : null, found = i < surplus.Count ? surplus[i] : null;
            yield return (wanted?.Number ?? found!.Number, Describe(file, wanted, found));
        }
    }

    private static string Describe(string file, Numbered? wanted, Numbered? found)
    {
        if (found is null) return $"frame {wanted!.Number} of {file}, {FrameText.Format(wanted.Bytes)}: did not leave";
        if (wanted is null) return $"{FrameText.Format(found.Bytes)}: left as frame {found.Number}, and is not in {file}";
        return $"frame {wanted.Number} of {file}, {FrameText.Format(wanted.Bytes)}: left as {FrameText.Format(found.Bytes)}, " +
            Difference(wanted.Bytes, found.Bytes);
    }

    private static string Difference(byte[] wanted, byte[] found)
    {
        int at = wanted.AsSpan().CommonPrefixLength(found);
        return at == Math.Min(wanted.Length, found.Length)
            ? $"with {found.Length} bytes for {wanted.Length}"
            : $"where byte {at} is {found[at]:x2} for {wanted[at]:x2}";
    }

    /// <summary>The frames that have no equal among the others, each of those counted once.</summary>
    private static List<Numbered> Without(List<Numbered> frames, List<Numbered> others)
    {
        Dictionary<byte[], int> there = others.GroupBy(frame => frame.Bytes, ByteContents.Same)
            .ToDictionary(group => group.Key, group => group.Count(), ByteContents.Same);
        var rest = new List<Numbered>();
        foreach (Numbered frame in frames)
        {
            int count = there.GetValueOrDefault(frame.Bytes);
            if (count > 0) there[frame.Bytes] = count - 1;
            else rest.Add(frame);
        }

        return rest;
    }
}
