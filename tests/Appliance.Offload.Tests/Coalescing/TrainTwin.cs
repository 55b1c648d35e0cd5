using Appliance.Engine;

namespace Appliance.Offload.Tests.Coalescing;

/// <summary>
/// The rules of joining, one after the other as they stand in their table, slowly. What it couples has to be coupled, and nothing else.
/// </summary>
internal sealed class TrainTwin(PortTable ports)
{
    private const byte Fin = 1, Syn = 2, Rst = 4, Psh = 8, Urg = 32, Cwr = 128;

    private readonly Dictionary<string, Train> _trains = [];
    private readonly Dictionary<TwinFrame, bool> _verified = [];

    public long Verified => _verified.Count;

    public long Bad => _verified.Values.Count(isRight => !isRight);

    public List<List<int>> Couple(IReadOnlyList<Arrival> arrivals, IReadOnlyList<int> parsed)
    {
        List<List<int>> left = [];
        foreach (int number in parsed)
        {
            var frame = new TwinFrame(arrivals[number], ports);
            if (frame.IsFragment) _trains.Clear();
            if (!frame.HasPorts)
            {
                left.Add([number]);
                continue;
            }

            Train? train = _trains.GetValueOrDefault(frame.Flow);
            if (train is { IsOpen: true } && MayBeInTrain(frame) && Fits(train, frame) && IsRight(train.Frames[0]))
            {
                if (IsRight(frame))
                {
                    train.Frames.Add(frame);
                    train.Numbers.Add(number);
                    train.IsOpen = frame.Payload == train.Frames[0].Payload && (frame.Flags & (Fin | Psh)) == 0;
                    continue;
                }

                train.IsOpen = false;
                left.Add([number]);
                continue;
            }

            var own = new Train(frame, number) { IsOpen = MayBeInTrain(frame) && (frame.Flags & (Fin | Psh)) == 0 };
            _trains[frame.Flow] = own;
            left.Add(own.Numbers);
        }

        return left;
    }

    private static bool MayBeInTrain(TwinFrame frame) =>
        frame.Port.Coalesces
        && !frame.HasIpOptions && !frame.ReservedFlag
        && frame.IsTcpWhole && frame.Payload > 0
        && frame.Reserved == 0 && (frame.Flags & (Syn | Rst | Urg)) == 0
        && !(frame.Port.BelievesChecksums && frame.Arrival.Checksum == ChecksumState.Bad);

    private static bool Fits(Train train, TwinFrame frame)
    {
        TwinFrame head = train.Frames[0], last = train.Frames[^1];
        return frame.Link == head.Link && frame.Port == head.Port
            && frame.ClassHopAndLabel == head.ClassHopAndLabel && frame.DontFragment == head.DontFragment
            && IsIdNext(train, frame)
            && frame.Sequence == unchecked(last.Sequence + (uint)last.Payload)
            && frame.Acknowledgment == head.Acknowledgment && frame.Window == head.Window && frame.UrgentPointer == head.UrgentPointer
            && frame.DataOffset == head.DataOffset && frame.Options == head.Options
            && (frame.Flags & Cwr) == 0 && ((frame.Flags ^ head.Flags) & ~(Fin | Psh | Cwr)) == 0
            && frame.Payload <= head.Payload
            && train.Frames.Sum(one => one.Payload) + frame.Payload + head.DatagramLength - head.Payload <= 65_535;
    }

    private static bool IsIdNext(Train train, TwinFrame frame)
    {
        if (frame.IsV6) return true;
        ushort[] ids = [.. train.Frames.Select(one => one.Id), frame.Id];
        bool goesOn = ids.Zip(ids.Skip(1)).All(pair => (ushort)(pair.First + 1) == pair.Second);
        bool stays = ids.All(id => id == ids[0]);
        return goesOn || (stays && frame.DontFragment);
    }

    private bool IsRight(TwinFrame frame)
    {
        if (frame.Arrival.Checksum == ChecksumState.Partial) return true;
        if (frame.Port.BelievesChecksums && frame.Arrival.Checksum is ChecksumState.Good) return true;
        if (!_verified.TryGetValue(frame, out bool isRight)) _verified[frame] = isRight = frame.IsSumRight;
        return isRight;
    }

    private sealed class Train(TwinFrame head, int number)
    {
        public List<TwinFrame> Frames { get; } = [head];

        public List<int> Numbers { get; } = [number];

        public bool IsOpen { get; set; }
    }
}
