using System.Runtime.InteropServices;
using Appliance.Wire.Transport;
using Xunit;

namespace Appliance.Firewall.Tests;

/// <summary>
/// All pairs of states, both senders, all that flags can say, sequence and acknowledgment at ±{0, 1, window, window + 1, 2^31, …} from
/// what is expected, with window scaling and without, wherever the numbers begin: what changes a state is what RFC 9293 and RFC 5961 let
/// change it, by a rule that knows nothing of the tracker (<see cref="RfcConnection"/>).
/// </summary>
public sealed class TcpProductTests(ITestOutputHelper output)
{
    private const byte Shift = 3;

    private static readonly TcpFlags[] Flags =
    [
        TcpFlags.None, TcpFlags.Ack, TcpFlags.Ack | TcpFlags.Psh, TcpFlags.Ack | TcpFlags.Urg, TcpFlags.Fin, TcpFlags.Fin | TcpFlags.Ack,
        TcpFlags.Syn, TcpFlags.Syn | TcpFlags.Ack, TcpFlags.Syn | TcpFlags.Fin, TcpFlags.Syn | TcpFlags.Fin | TcpFlags.Ack, TcpFlags.Rst,
        TcpFlags.Rst | TcpFlags.Ack, TcpFlags.Rst | TcpFlags.Fin | TcpFlags.Ack, TcpFlags.Syn | TcpFlags.Rst,
        TcpFlags.Syn | TcpFlags.Rst | TcpFlags.Ack, (TcpFlags)0x3f,
    ];

    /// <summary>By how much the script's numbers begin later: so that one end's, or its windows, go past 2^31 or 2^32.</summary>
    private static readonly uint[] Begins = [0, 0x8000_0000 - 1500, 0xffff_ffff - 1500, 0xffff_ffff - 5000];

    public static TheoryData<string, bool> Product
    {
        get
        {
            var all = new TheoryData<string, bool>();
            foreach (string states in TcpScript.Ways.Keys)
            {
                all.Add(states, false);
                all.Add(states, true);
            }

            return all;
        }
    }

    [Theory]
    [MemberData(nameof(Product))]
    public void Nothing_changes_a_state_but_what_the_standards_let_change_it(string states, bool scaled)
    {
        long tried = 0, moved = 0, touched = 0, challenged = 0;
        bool isOver = states is "FIN_WAIT_2:FIN_WAIT_2" or "TIME_WAIT:TIME_WAIT";
        bool isSynchronized = !states.Contains("SYN_SENT", StringComparison.Ordinal);
        foreach (uint begin in Begins)
        {
            (TcpTrack before, RfcConnection connection) = Reach(states, scaled, begin);
            foreach ((TcpSegmentFacts segment, bool fromClient) in Segments(connection))
            {
                TcpTrack track = before;
                TrackOutcome outcome = TcpTracker.Advance(ref track, segment, fromClient).Outcome;
                string after = StateNames.Of(track);
                string what = $"{states} begun at {begin:x}, {(fromClient ? 'C' : 'S')} {segment.Flags} seq {segment.Sequence:x} "
                    + $"ack {segment.Acknowledgment:x} of {segment.PayloadBytes} bytes: {outcome}, {after}";
                tried++;
                bool isMoved = after != states, isChanged = !AreSame(track, before), isRst = segment.Has(TcpFlags.Rst);
                bool isSyn = segment.Has(TcpFlags.Syn);
                if (isMoved) Assert.True(connection.MayChange(states, after, segment, fromClient), what);
                if (isChanged && !isMoved && isSynchronized && !isRst)
                    Assert.True(connection.IsAcceptable(segment, fromClient) && !isSyn, "touched: " + what);
                if (outcome > TrackOutcome.PassUnchanged) Assert.False(isChanged, "refused: " + what);
                if (isRst && !isSyn && isSynchronized && !isOver)
                {
                    Assert.Equal(connection.MayReset(segment, fromClient), outcome == TrackOutcome.Pass);
                    if (connection.MustBeChallenged(segment, fromClient)) Assert.True(outcome == TrackOutcome.Challenge, what);
                }

                // RFC 5961 §4.2: whatever the number. What may be a repeated SYN ACK is let through, and changes nothing.
                if (isSyn && !isRst && isSynchronized && !isOver)
                {
                    bool isRepeated = outcome == TrackOutcome.PassUnchanged && segment.Has(TcpFlags.Ack);
                    Assert.True(isRepeated || outcome == TrackOutcome.Challenge, what);
                }

                if (isMoved) moved++;
                if (isChanged) touched++;
                if (outcome == TrackOutcome.Challenge) challenged++;
            }
        }

        output.WriteLine($"{tried:N0} segments, {touched:N0} changed what is known, {moved:N0} a state, {challenged:N0} were challenged");
        Assert.True(moved > 0 || states == "TIME_WAIT:TIME_WAIT", "Nothing moved: the product does not reach what it is about.");
        Assert.True(challenged > 0 || isOver || !isSynchronized);
    }

    /// <summary>The other side: at the very numbers that are expected each event does its part, scaled or not, wherever they
    /// begin.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_is_expected_moves_the_states_as_ever(bool scaled)
    {
        foreach (uint begin in Begins)
        {
            foreach (string states in TcpScript.Ways.Keys)
            {
                foreach (string step in (string[])["C.ack", "S.ack", "C.fin", "S.fin", "C.rst", "S.rst", "C.synack", "S.synack"])
                {
                    TcpScript plain = TcpScript.In(states), other = TcpScript.In(states, begin: begin, scale: scaled ? Shift : null);
                    Assert.Equal((plain.Play(step), plain.States), (other.Play(step), other.States));
                }
            }
        }
    }

    private static (TcpTrack Track, RfcConnection Connection) Reach(string states, bool scaled, uint begin)
    {
        var connection = new RfcConnection();
        TcpScript script = TcpScript.In(
            states, begin: begin, scale: scaled ? Shift : null, heard: (segment, fromClient) => connection.Play(segment, fromClient));
        Assert.Equal(states, script.States);
        return (script.Track, connection);
    }

    private static IEnumerable<(TcpSegmentFacts Segment, bool FromClient)> Segments(RfcConnection connection)
    {
        foreach (bool fromClient in (bool[])[true, false])
        {
            uint sequence = connection.NextOf(fromClient), acknowledgment = connection.NextOf(!fromClient);
            uint[] sequences = [.. Around(connection.WindowFor(fromClient)).Select(offset => sequence + offset)];
            uint[] acknowledgments = [.. Around(connection.WindowFor(!fromClient)).Select(offset => acknowledgment + offset)];
            foreach (TcpFlags flags in Flags)
            {
                foreach (uint at in sequences)
                {
                    foreach (uint of in (flags & TcpFlags.Ack) != 0 ? acknowledgments : [0u])
                    {
                        yield return (new TcpSegmentFacts(at, of, flags, TcpScript.Window, 0), fromClient);
                        yield return (new TcpSegmentFacts(at, of, flags, TcpScript.Window, 10), fromClient);
                    }
                }
            }
        }
    }

    private static uint[] Around(long window)
    {
        long[] offsets = [0, 1, 2, window - 1, window, window + 1, 2 * window, 1L << 30, (1L << 31) - 1, 1L << 31];
        return [.. offsets.Concat(offsets.Select(offset => -offset)).Distinct().Select(offset => unchecked((uint)offset)).Distinct()];
    }

    /// <summary>Byte for byte.</summary>
    private static bool AreSame(in TcpTrack one, in TcpTrack other) =>
        MemoryMarshal.AsBytes(new ReadOnlySpan<TcpTrack>(in one))
            .SequenceEqual(MemoryMarshal.AsBytes(new ReadOnlySpan<TcpTrack>(in other)));
}
