using System.Collections.Immutable;
using System.Globalization;
using Appliance.Node;

namespace Appliance.Scenarios;

/// <summary>Holds what became of the packets against what a scenario expects, and says of each that differs which it was.</summary>
internal static class VerdictCheck
{
    /// <summary>Packets that the default alone speaks of and that have a line each; the others are counted in one.</summary>
    public const int MaximumOfDefault = 20;

    /// <summary>A line for each expectation that is not met, in the order of the captures.</summary>
    /// <param name="verdicts">By input, by record.</param>
    public static IEnumerable<string> Run(
        ExpectedPackets expected, ImmutableArray<ScenarioInput> inputs, ImmutableArray<ImmutableArray<FrameVerdict>> verdicts)
    {
        int ofDefault = 0;
        for (int input = 0; input < inputs.Length; input++)
        {
            List<Unmet> unmet = Find(expected, input, verdicts[input]);
            List<Unmet> shown = [.. unmet.Where(packet => packet.IsNamed || ofDefault++ < MaximumOfDefault)];
            foreach (string line in Describe(shown, inputs[input], inputs.Length == 1))
                yield return line;
        }

        int more = ofDefault - MaximumOfDefault;
        if (more <= 0) yield break;
        ExpectedVerdict verdict = expected.Default!;
        yield return string.Create(
            CultureInfo.InvariantCulture, $"{verdict.Position}: {more} more packets: expected {verdict}, got something else");
    }

    private sealed record Unmet(long Number, bool IsNamed, string Position, ExpectedVerdict Expected, FrameVerdict Found);

    private static List<Unmet> Find(ExpectedPackets expected, int input, ImmutableArray<FrameVerdict> verdicts)
    {
        var unmet = new List<Unmet>();
        for (int i = 0; i < verdicts.Length; i++)
        {
            PacketExpectation? named = expected.Find(input, i + 1);
            if ((named?.Verdict ?? expected.Default) is not { } verdict || verdict.IsMetBy(verdicts[i])) continue;
            unmet.Add(new Unmet(i + 1, named is not null, named?.Position ?? verdict.Position, verdict, verdicts[i]));
        }

        return unmet;
    }

    private static IEnumerable<string> Describe(List<Unmet> unmet, ScenarioInput input, bool isOnly)
    {
        if (unmet.Count == 0) yield break;
        IReadOnlyDictionary<long, string> texts = CaptureFrames.Texts(input.File, [.. unmet.Select(packet => packet.Number)]);
        foreach (Unmet packet in unmet)
        {
            yield return $"{packet.Position}: {input.NameOf(packet.Number, isOnly)}, {texts[packet.Number]}: " +
                $"expected {packet.Expected}, got {ExpectedVerdict.TextOf(packet.Found)}";
        }
    }
}
