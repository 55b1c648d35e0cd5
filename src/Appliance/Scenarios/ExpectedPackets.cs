using System.Collections.Immutable;

namespace Appliance.Scenarios;

/// <summary>The verdicts that a scenario expects, by its captures and their packets' numbers.</summary>
internal sealed class ExpectedPackets
{
    private readonly ImmutableArray<ScenarioInput> _inputs;
    private readonly Dictionary<(int Input, long Number), PacketExpectation> _named = [];

    /// <exception cref="RefusedException">A packet is named that belongs to no capture, or is named twice.</exception>
    public ExpectedPackets(ScenarioFile file, ImmutableArray<ScenarioInput> inputs)
    {
        _inputs = inputs;
        Default = file.Default;
        var faults = new List<string>();
        foreach (PacketExpectation packet in file.Verdicts)
        {
            if (!TryFindInput(packet, faults, out int input)) continue;
            if (!_named.TryAdd((input, packet.Number), packet))
                faults.Add($"{packet.Position}: {inputs[input].NameOf(packet.Number, inputs.Length == 1)} stands here for the second time");
        }

        if (faults.Count > 0) throw new RefusedException(faults);
    }

    /// <summary>Of the packets that are not named; null: nothing is expected of them.</summary>
    public ExpectedVerdict? Default { get; }

    /// <summary>What is expected of a packet by its name; null: what <see cref="Default"/> says.</summary>
    public PacketExpectation? Find(int input, long number) => _named.GetValueOrDefault((input, number));

    /// <summary>A line for each packet that is named and not in its capture.</summary>
    /// <param name="frames">By input: how many there are, or null where that cannot be known.</param>
    public IEnumerable<string> Beyond(IReadOnlyList<long?> frames)
    {
        foreach (((int input, long number), PacketExpectation packet) in _named)
        {
            if (frames[input] is { } count && number > count)
                yield return $"{packet.Position}: there is no packet {number} in {_inputs[input].File}: it has {count}";
        }
    }

    private bool TryFindInput(PacketExpectation packet, List<string> faults, out int input)
    {
        string known = string.Join(", ", _inputs.Select(capture => capture.Label));
        input = packet.Label is { } label ? IndexOf(label) : _inputs.Length == 1 ? 0 : -1;
        if (input >= 0) return true;
        faults.Add(packet.Label is { } unknown
            ? $"{packet.Position}: there is no capture for '{unknown}'; there are those for {known}"
            : $"{packet.Position}: packet {packet.Number} of which capture? expected PORT:{packet.Number}, with PORT of {known}");
        return false;
    }

    private int IndexOf(string label)
    {
        for (int i = 0; i < _inputs.Length; i++)
        {
            if (_inputs[i].Label == label) return i;
        }

        return -1;
    }
}
