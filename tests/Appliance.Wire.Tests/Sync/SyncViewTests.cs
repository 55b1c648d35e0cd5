using Appliance.Testing;
using Appliance.Wire.Sync;
using Appliance.Wire.Tests.Support;
using Xunit;

namespace Appliance.Wire.Tests.Sync;

/// <summary>Messages of sync: written by hand as they are on the wire, and by whoever means harm.</summary>
public sealed class SyncViewTests
{
    private const string Header =
        "01 24 0000 00000007 00000003 0000000000000102 00000000000000fe 8000000000000005";

    // A section of records: stream 513, first sequence 9; a record of 3 bytes, one of none.
    private const string Records = "02 00 0017 0201 0000 0000000000000009 01 00 0003 aabbcc 03 00 0000";

    private static readonly int HostileRounds = TestSize.Of(person: 50_000, server: 200_000, soak: 10_000_000);

    [Fact]
    public void Every_field_of_the_header_is_read_where_it_stands()
    {
        Assert.True(SyncView.TryParse(Hex.Bytes(Header + Records), out SyncView view));
        Assert.Equal((7u, 3u), (view.Epoch, view.PeerEpoch));
        Assert.Equal((0x102ul, 0xfeul, 0x8000_0000_0000_0005ul), (view.Parcel, view.Acknowledged, view.Selective));
        Assert.Equal(Hex.Bytes(Records), view.Sections.ToArray());
    }

    [Fact]
    public void Fields_write_the_same_bytes()
    {
        byte[] bytes = new byte[SyncView.HeaderLength];
        new SyncFields(7, 3, 0x102, 0xfe, 0x8000_0000_0000_0005).WriteTo(bytes);
        Assert.Equal(Hex.Bytes(Header), bytes);
    }

    [Fact]
    public void A_header_that_is_cut_off_is_refused()
    {
        byte[] bytes = Hex.Bytes(Header);
        for (int length = 0; length < bytes.Length; length++) Assert.False(SyncView.TryParse(bytes.AsSpan(0, length), out _));
        Assert.True(SyncView.TryParse(bytes, out _));
    }

    [Theory]
    [InlineData("00")]
    [InlineData("02")]
    public void Another_version_is_refused(string version) =>
        Assert.False(SyncView.TryParse(Hex.Bytes(version + Header[2..]), out _));

    [Fact]
    public void A_newer_header_is_longer_and_what_it_adds_is_passed_over()
    {
        byte[] bytes = Hex.Bytes(Header.Replace("01 24", "01 28", StringComparison.Ordinal) + "deadbeef" + Records);
        Assert.True(SyncView.TryParse(bytes, out SyncView view));
        Assert.Equal(Hex.Bytes(Records), view.Sections.ToArray());
        Assert.False(SyncView.TryParse(bytes.AsSpan(0, 38), out _));                        // longer than the message
        bytes[1] = 35;
        Assert.False(SyncView.TryParse(bytes, out _));                                      // shorter than a header is
    }

    [Fact]
    public void Sections_of_kinds_not_known_are_passed_over()
    {
        var sections = new SyncSections(Hex.Bytes("c8 00 0002 ffff" + Records));
        Assert.True(sections.TryNext(out SyncSectionKind kind, out ReadOnlySpan<byte> content));
        Assert.Equal(((SyncSectionKind)0xc8, 2), (kind, content.Length));
        Assert.True(sections.TryNext(out kind, out content));
        Assert.Equal((SyncSectionKind.Records, 23), (kind, content.Length));
        Assert.False(sections.TryNext(out _, out _));
        Assert.False(sections.IsBroken);
    }

    [Fact]
    public void Records_follow_one_another_in_their_stream()
    {
        Assert.True(SyncRecords.TryParse(Hex.Bytes(Records).AsSpan(SyncSections.HeaderLength), out SyncRecords records));
        Assert.Equal(513, records.Stream);
        Assert.True(records.TryNext(out SyncRecordKind kind, out ulong sequence, out ReadOnlySpan<byte> record));
        Assert.Equal((SyncRecordKind.Made, 9ul, "AABBCC"), (kind, sequence, Convert.ToHexString(record)));
        Assert.True(records.TryNext(out kind, out sequence, out record));
        Assert.Equal((SyncRecordKind.Ended, 10ul, 0), (kind, sequence, record.Length));
        Assert.False(records.TryNext(out _, out _, out _));
        Assert.False(records.IsBroken);
    }

    [Fact]
    public void The_writer_writes_what_stands_there_by_hand()
    {
        byte[] room = new byte[100];
        var writer = new SyncParcelWriter(room);
        Assert.True(writer.TryAdd(513, 9, SyncRecordKind.Made, [0xaa, 0xbb, 0xcc]));
        Assert.True(writer.TryAdd(513, 10, SyncRecordKind.Ended, []));
        Assert.Equal((27, 2), (writer.Length, writer.Records));
        Assert.Equal(Hex.Bytes(Records), room[..writer.Length]);
        Assert.True(writer.TryAdd(513, 12, SyncRecordKind.Changed, [1]));                   // a gap: another section
        Assert.True(writer.TryAdd(514, 13, SyncRecordKind.Changed, [1]));                   // another stream
        Assert.Equal(27 + (2 * 21), writer.Length);
    }

    [Fact]
    public void What_has_no_room_is_not_written()
    {
        byte[] room = new byte[60];
        var writer = new SyncParcelWriter(room);
        Assert.True(writer.TryAdd(1, 1, SyncRecordKind.Made, new byte[36]));                // 56 bytes
        Assert.False(writer.TryAdd(1, 2, SyncRecordKind.Made, [1]));
        Assert.True(writer.TryAdd(1, 2, SyncRecordKind.Made, []));
        Assert.Equal((60, 2), (writer.Length, writer.Records));
        Assert.False(writer.TryAdd(1, 3, SyncRecordKind.Made, []));
    }

    [Fact]
    public void Whatever_is_written_is_read_again()
    {
        var random = new Random(11);
        byte[] room = new byte[1400];
        for (int round = 0; round < 200; round++)
        {
            List<(ushort, ulong, SyncRecordKind, string)> written = [], read = [];
            var writer = new SyncParcelWriter(room);
            var next = new ulong[4];
            while (true)
            {
                var stream = (ushort)random.Next(4);
                byte[] record = random.NextOctets(random.Next(random.Next(SyncRecords.MaxRecordLength + 1) + 1));
                var kind = (SyncRecordKind)random.Next(1, 9);
                next[stream] += random.Next(10) == 0 ? 2u : 1u;
                if (!writer.TryAdd(stream, next[stream], kind, record)) break;
                written.Add((stream, next[stream], kind, Convert.ToHexString(record)));
            }

            Walk(room.AsSpan(0, writer.Length), (s, n, k, r) => read.Add((s, n, k, Convert.ToHexString(r))));
            Assert.Equal(written, read);
        }
    }

    [Fact]
    public void A_greeting_is_read_as_it_was_written_and_may_be_longer_or_an_older_ones()
    {
        var greeting = new SyncGreeting(0x0102_0304_0506_0708, 130, WinsTies: true, IsOpen: false, MayLack: true)
        {
            MaxMessageLength = 1400,
            Steering = 0x1112_1314_1516_1718,
            Beside = 3,
        };
        byte[] bytes = new byte[SyncGreeting.Length + 5];
        greeting.WriteTo(bytes);
        Assert.Equal(
            "0102030405060708" + "0082" + "0500" + "0578" + "0000" + "1112131415161718" + "0003" + "0000",
            Convert.ToHexString(bytes.AsSpan(0, SyncGreeting.Length)));
        Assert.True(SyncGreeting.TryRead(bytes, out SyncGreeting read));
        Assert.Equal(greeting, read);
        Assert.True(SyncGreeting.TryRead(bytes.AsSpan(0, 24), out read));
        Assert.Equal(greeting with { Beside = 0 }, read);
        Assert.True(SyncGreeting.TryRead(bytes.AsSpan(0, SyncGreeting.MinLength), out read));
        Assert.Equal(greeting with { MaxMessageLength = 0, Steering = 0, Beside = 0 }, read);
        Assert.False(SyncGreeting.TryRead(bytes.AsSpan(0, SyncGreeting.MinLength - 1), out _));
    }

    /// <summary>Whatever stands there, a walk ends, stays inside and yields no more bytes than there are.</summary>
    [Fact]
    public void Hostile_bytes_are_read_to_their_end_and_no_further()
    {
        var random = new Random(TestSize.Seed(12));
        byte[] whole = Hex.Bytes(Header + Records + Records);
        int broken = 0;
        for (int round = 0; round < HostileRounds; round++)
        {
            byte[] bytes = random.Next(3) == 0 ? random.NextOctets(random.Next(120)) : Bent(whole, random);
            if (!SyncView.TryParse(bytes, out SyncView view)) continue;
            int read = 0;
            bool isWhole = Walk(view.Sections, (_, _, _, record) => read += record.Length + SyncRecords.RecordHeaderLength);
            Assert.InRange(read, 0, view.Sections.Length);
            broken += isWhole ? 0 : 1;
        }

        Assert.InRange(broken, HostileRounds / 20, HostileRounds);
    }

    private delegate void Visit(ushort stream, ulong sequence, SyncRecordKind kind, ReadOnlySpan<byte> record);

    /// <summary>False when something was broken.</summary>
    private static bool Walk(ReadOnlySpan<byte> bytes, Visit visit)
    {
        bool isWhole = true;
        var sections = new SyncSections(bytes);
        while (sections.TryNext(out SyncSectionKind kind, out ReadOnlySpan<byte> content))
        {
            if (kind != SyncSectionKind.Records) continue;
            if (!SyncRecords.TryParse(content, out SyncRecords records))
            {
                isWhole = false;
                continue;
            }

            while (records.TryNext(out SyncRecordKind change, out ulong sequence, out ReadOnlySpan<byte> record))
                visit(records.Stream, sequence, change, record);
            isWhole &= !records.IsBroken;
        }

        return isWhole && !sections.IsBroken;
    }

    private static byte[] Bent(byte[] whole, Random random)
    {
        byte[] bytes = [.. whole.AsSpan(0, random.Next(4) == 0 ? random.Next(whole.Length) : whole.Length)];
        for (int i = random.Next(4); i > 0 && bytes.Length > SyncView.HeaderLength; i--)
            bytes[random.Next(SyncView.HeaderLength, bytes.Length)] = random.NextByte();
        return bytes;
    }
}
