using System.Collections.Immutable;
using System.Globalization;
using Appliance.Engine;
using Appliance.Node;

namespace Appliance.Scenarios;

/// <summary>Reads the verdicts of a test.yaml: a word, or a mapping of <c>verdict</c>, <c>reason</c> and <c>rule</c>.</summary>
internal sealed class VerdictReader(YamlCursor yaml)
{
    private static readonly VerdictKind[] Kinds = [VerdictKind.Pass, VerdictKind.Block, VerdictKind.Drop, VerdictKind.Consume];

    private const string Words = "pass, block, drop or consume";

    /// <summary>Verdicts by packet; what could not be read is left out, with a fault.</summary>
    public ImmutableArray<PacketExpectation> ReadAll()
    {
        var verdicts = ImmutableArray.CreateBuilder<PacketExpectation>();
        yaml.ReadMapping("verdicts by packet under 'verdicts'", "a packet", packet =>
        {
            bool isNamed = TryReadPacket(packet, out string? label, out long number);
            if (ReadOne() is { } verdict && isNamed) verdicts.Add(new PacketExpectation(label, number, verdict, packet.Position));
        });
        return verdicts.ToImmutable();
    }

    /// <summary>One verdict; null, with a fault, where none stands.</summary>
    public ExpectedVerdict? ReadOne()
    {
        if (!yaml.IsMapping) return yaml.ReadText($"a verdict: {Words}") is { } word ? Make(word, null, null) : null;
        string position = yaml.Position;
        Placed? verdict = null, reason = null, rule = null;
        int faults = yaml.Faults.Count;
        yaml.ReadMapping("a verdict", "a key", key =>
        {
            switch (key.Text)
            {
                case "verdict":
                    verdict = yaml.ReadText($"a verdict: {Words}");
                    break;
                case "reason":
                    reason = yaml.ReadText("a drop reason such as no-route");
                    break;
                case "rule":
                    rule = yaml.ReadText("a rule's identifier");
                    break;
                default:
                    yaml.Fault(key.Position, $"unknown key '{key.Text}'; known are verdict, reason, rule");
                    yaml.Skip();
                    break;
            }
        });
        if (verdict is { } found) return Make(found, reason, rule);
        if (yaml.Faults.Count == faults) yaml.Fault(position, $"expected the key 'verdict' with {Words}");
        return null;
    }

    private bool TryReadPacket(Placed packet, out string? label, out long number)
    {
        int colon = packet.Text.LastIndexOf(':');
        label = colon < 0 ? null : packet.Text[..colon];
        bool good = long.TryParse(packet.Text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out number);
        if (good && number > 0 && label is null or { Length: > 0 }) return true;
        yaml.Fault(packet.Position, $"expected a packet, its number from 1 or PORT:NUMBER, found '{packet.Text}'");
        return false;
    }

    private ExpectedVerdict? Make(Placed word, Placed? reason, Placed? rule)
    {
        VerdictKind kind = Kinds.FirstOrDefault(kind => FrameVerdict.WordOf(kind) == word.Text);
        if (kind == VerdictKind.None)
        {
            yaml.Fault(word.Position, $"expected {Words}, found '{word.Text}'");
            return null;
        }

        return new ExpectedVerdict(kind, reason is { } named ? ReasonOf(kind, named) : null, rule?.Text, word.Position);
    }

    /// <summary>Null, with a fault, where there is no such reason, or one that another verdict has.</summary>
    private DropReason? ReasonOf(VerdictKind kind, Placed reason)
    {
        DropReason? known = DropReasonText.Parse(reason.Text);
        if (known is not { } found)
        {
            yaml.Fault(reason.Position, $"there is no drop reason '{reason.Text}'");
            return null;
        }

        VerdictKind its = FrameVerdict.KindOf(found);
        if (its == kind) return found;
        string has = FrameVerdict.WordOf(its), never = FrameVerdict.WordOf(kind);
        yaml.Fault(reason.Position, $"'{reason.Text}' is the reason of a {has}, never of a {never}");
        return null;
    }
}
