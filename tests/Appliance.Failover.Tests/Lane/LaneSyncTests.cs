using Appliance.Testing;
using Xunit;

namespace Appliance.Failover.Tests;

/// <summary>Messages of sync on the lane: sealed for the peer that is there, and opened once, by it alone.</summary>
public sealed class LaneSyncTests(ITestOutputHelper output)
{
    private static readonly int HostileRounds = TestSize.Of(person: 20_000, server: 100_000, soak: 1_000_000);

    private readonly byte[] _room = new byte[Lane.MaxSyncMessageLength];

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(1384)]
    [InlineData(Lane.MaxSyncMessageLength - 60)]
    public void What_was_sealed_is_opened_as_it_was_and_once(int length)
    {
        using LaneEnds ends = Met();
        byte[] content = Content(length);
        byte[] message = Sealed(ends.Left, 0, content);
        Assert.Equal(length + Lane.SyncOverhead, message.Length);
        Assert.True(Lane.IsSync(message));
        Assert.True(ends.Right.TryOpenSync(0, message, _room, out ReadOnlySpan<byte> opened));
        Assert.True(opened.SequenceEqual(content));
        Assert.False(ends.Right.TryOpenSync(0, message, _room, out _));
        Assert.Equal(1ul, ends.Right[LaneRefusal.Replayed]);
    }

    [Fact]
    public void Nobody_else_reads_it()
    {
        using LaneEnds ends = Met();
        byte[] content = Content(400);
        byte[] message = Sealed(ends.Left, 0, content);
        for (int at = 0; at + 8 <= message.Length; at++) Assert.True(content.AsSpan().IndexOf(message.AsSpan(at, 8)) < 0);
        Assert.False(Sealed(ends.Left, 0, content).AsSpan(44).SequenceEqual(message.AsSpan(44)));       // another nonce
        Assert.False(ends.Left.TryOpenSync(0, message, _room, out _));
        Assert.Equal(1ul, ends.Left[LaneRefusal.Looped]);
    }

    [Fact]
    public void One_bit_of_it_changed_or_a_byte_left_out_is_refused()
    {
        using LaneEnds ends = Met();
        byte[] message = Sealed(ends.Left, 0, Content(100));
        for (int bit = 0; bit < 8 * message.Length; bit++)
        {
            byte[] bent = [.. message];
            bent[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.False(ends.Right.TryOpenSync(0, bent, _room, out _), $"bit {bit}");
        }

        for (int length = 0; length < message.Length; length++)
            Assert.False(ends.Right.TryOpenSync(0, message.AsSpan(0, length), _room, out _));
        Assert.True(ends.Right.TryOpenSync(0, message, _room, out _));
    }

    [Fact]
    public void A_message_is_for_its_path_alone()
    {
        using LaneEnds ends = Met();
        byte[] message = Sealed(ends.Left, 1, Content(10));
        Assert.False(ends.Right.TryOpenSync(0, message, _room, out _));
        message[1] = 0;
        Assert.False(ends.Right.TryOpenSync(0, message, _room, out _));
        Assert.Equal((1ul, 1ul), (ends.Right[LaneRefusal.WrongPath], ends.Right[LaneRefusal.NotAuthentic]));
    }

    [Fact]
    public void A_message_of_sync_is_no_heartbeat_and_a_heartbeat_no_message_of_sync()
    {
        using LaneEnds ends = Met();
        Assert.Equal(LaneHearing.Refused, ends.Right.OnMessage(0, Sealed(ends.Left, 0, Content(18)), ends.Now));
        (int path, byte[] heartbeat) = ends.Recorded[^1];
        Assert.False(Lane.IsSync(heartbeat));
        Assert.False(ends.Right.TryOpenSync(path, heartbeat, _room, out _));
        heartbeat[2] = 1;
        Assert.False(ends.Right.TryOpenSync(path, heartbeat, _room, out _));
    }

    [Fact]
    public void What_was_sealed_for_a_former_life_is_refused()
    {
        using LaneEnds ends = Met();
        byte[] ofLeft = Sealed(ends.Left, 0, Content(10)), forLeft = Sealed(ends.Right, 0, Content(10));
        ends.RestartLeft();
        ends.Pass(50);
        Assert.Equal(LaneState.Present, ends.Right.State);
        Assert.False(ends.Right.TryOpenSync(0, ofLeft, _room, out _));
        Assert.False(ends.Left.TryOpenSync(0, forLeft, _room, out _));
        Assert.Equal((1ul, 1ul), (ends.Right[LaneRefusal.NotOfPeer], ends.Left[LaneRefusal.NotOfPeer]));
        Assert.True(ends.Right.TryOpenSync(0, Sealed(ends.Left, 0, Content(10)), _room, out _));
    }

    [Fact]
    public void While_the_peer_is_not_there_nothing_is_opened_or_sealed()
    {
        using LaneEnds ends = Met();
        byte[] message = Sealed(ends.Left, 0, Content(10));
        ends.Pass(100, leftRuns: false);
        Assert.Equal(LaneState.Absent, ends.Right.State);
        Assert.False(ends.Right.TryOpenSync(0, message, _room, out _));
        Assert.Throws<InvalidOperationException>(() => Sealed(ends.Right, 0, Content(10)));
    }

    [Fact]
    public void They_may_pass_one_another_by_hundreds_and_each_comes_once()
    {
        using LaneEnds ends = Met();
        var random = new Random(3);
        byte[][] messages = [.. Enumerable.Range(0, 900).Select(_ => Sealed(ends.Left, 0, Content(20)))];
        byte[][] shuffled = [.. messages.Concat(messages)];
        random.Shuffle(shuffled);
        Assert.Equal(900, shuffled.Count(message => ends.Right.TryOpenSync(0, message, _room, out _)));
    }

    [Fact]
    public void Neither_sealing_nor_opening_allocates()
    {
        using LaneEnds ends = Met();
        byte[] message = new byte[1444];
        for (int i = 0; i < 50; i++) Pass();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++) Pass();
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());

        void Pass()
        {
            ends.Left.SealSync(0, message, 1384);
            if (!ends.Right.TryOpenSync(0, message, _room, out _)) throw new InvalidOperationException("refused");
        }
    }

    /// <summary>Forged, bent, cut, replayed, of another key: refused one and all, a reason each, and the peer's own still pass.</summary>
    [Fact]
    public void Whatever_somebody_without_the_key_sends_is_refused()
    {
        using LaneEnds ends = Met();
        using var strangers = new LaneEnds("ff0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f");
        strangers.Pass(100);
        var random = new Random(TestSize.Seed(7));
        List<byte[]> heard = [];
        for (int i = 0; i < 50; i++) heard.Add(Sealed(ends.Left, 0, Content(random.Next(1384))));
        foreach (byte[] message in heard) Assert.True(ends.Right.TryOpenSync(0, message, _room, out _));
        for (int round = 0; round < HostileRounds; round++)
        {
            byte[] message = [.. heard[random.Next(heard.Count)]];
            switch (random.Next(6))
            {
                case 0: break;                                        // as it was
                case 1: message[random.Next(message.Length)] ^= (byte)(1 << random.Next(8)); break;
                case 2: message = message[..random.Next(message.Length)]; break;
                case 4: message = Sealed(strangers.Left, 0, Content(random.Next(1384))); break;
                case 3: random.NextBytes(message.AsSpan(20, 8)); break;                                 // another sequence
                default: random.NextBytes(message.AsSpan(random.Next(28))); break;
            }

            Assert.False(ends.Right.TryOpenSync(0, message, _room, out _));
        }

        Assert.True(ends.Right.TryOpenSync(0, Sealed(ends.Left, 0, Content(10)), _room, out _));
        output.WriteLine($"{HostileRounds:N0}: " + string.Join(", ",
            Enum.GetValues<LaneRefusal>().Where(reason => ends.Right[reason] > 0).Select(reason => $"{reason} {ends.Right[reason]:N0}")));
        IEnumerable<LaneRefusal> reasons = Enum.GetValues<LaneRefusal>().Where(reason => reason != LaneRefusal.None);
        Assert.Equal(HostileRounds, reasons.Sum(reason => (long)ends.Right[reason]));
    }

    private static LaneEnds Met()
    {
        var ends = new LaneEnds();
        ends.Pass(100);
        return ends;
    }

    private static byte[] Content(int length)
    {
        byte[] content = new byte[length];
        new Random(length).NextBytes(content);
        return content;
    }

    private static byte[] Sealed(Lane lane, int path, byte[] content)
    {
        byte[] message = new byte[content.Length + Lane.SyncOverhead];
        content.CopyTo(message, Lane.SyncOffset);
        int length = lane.SealSync(path, message, content.Length);
        return message[..length];
    }
}
