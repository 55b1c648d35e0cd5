using Appliance.Wire.Pcap;
using Xunit;

namespace Appliance.Wire.Tests.Pcap;

/// <summary>Cut and flipped files: no exception, an end, little memory, and every record before the damage as it was.</summary>
public sealed class CaptureDamageTests
{
    public static TheoryData<string> Samples => [.. SampleCaptures.Names];

    [Theory]
    [MemberData(nameof(Samples))]
    public void A_file_cut_at_any_byte_delivers_what_is_whole_and_names_the_cut(string name)
    {
        byte[] file = SampleCaptures.Build(name);
        List<ReadRecord> sound = ReadCapture.All(file).Records;
        for (int length = 0; length < file.Length; length++)
        {
            ReadCapture read = ReadCapture.All(file[..length]);
            Assert.Equal(sound.Where(r => r.End <= length), read.Records);
            if (read.Damage is { } damage) Assert.InRange(damage.ByteOffset, read.Records.LastOrDefault()?.End ?? 0, length);
            else Assert.True(IsBorder(file, length), $"a file of {file.Length} bytes cut to {length} is not found damaged");
        }
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public void Any_flipped_bit_leaves_the_records_before_it_as_they_were(string name)
    {
        byte[] file = SampleCaptures.Build(name);
        List<ReadRecord> sound = ReadCapture.All(file).Records;
        for (int bit = 0; bit < 8 * file.Length; bit++)
        {
            file[bit / 8] ^= (byte)(1 << (bit % 8));
            CheckBeforeDamage(file, sound, firstChanged: bit / 8);
            file[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public void Any_damage_at_all_leaves_the_records_before_it_as_they_were(string name)
    {
        int seed = 7919 + Array.IndexOf(SampleCaptures.Names, name);
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        var random = new Random(seed);
        byte[] file = SampleCaptures.Build(name);
        List<ReadRecord> sound = ReadCapture.All(file).Records;
        for (int i = 0; i < 4000; i++)
        {
            byte[] mutated = Mutate(file, random, out int firstChanged);
            CheckBeforeDamage(mutated, sound, firstChanged);
        }
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public void A_stream_that_gives_one_byte_at_a_time_is_read_alike(string name)
    {
        byte[] file = SampleCaptures.Build(name);
        ReadCapture whole = ReadCapture.All(file), dripped = ReadCapture.All(new DrippingStream(file));
        Assert.Equal(whole.Records, dripped.Records);
        Assert.Null(dripped.Damage);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Reading_allocates_nothing_per_record(bool pcapng)
    {
        var file = new CaptureBytes(bigEndian: false);
        if (pcapng) file.Section().Interface();
        else file.PcapHeader();
        byte[] packet = new byte[1000];
        for (int i = 0; i < 500; i++)
        {
            if (pcapng) file.Enhanced(0, (ulong)i, packet);
            else file.PcapRecord(i, 0, packet);
        }

        using CaptureReader reader = CaptureReader.Open(new MemoryStream(file.ToArray()));
        for (int i = 0; i < 50; i++) Assert.True(reader.TryRead(out _));
        long before = GC.GetAllocatedBytesForCurrentThread();
        int count = 0;
        while (reader.TryRead(out CaptureRecord record)) count += record.Bytes.Length == 1000 ? 1 : 0;
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(450, count);
    }

    private static void CheckBeforeDamage(byte[] file, List<ReadRecord> sound, int firstChanged)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        ReadCapture read = ReadCapture.All(file);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 200_000);
        List<ReadRecord> untouched = sound.FindAll(r => r.End <= firstChanged);
        Assert.Equal(untouched, read.Records.Take(untouched.Count));
        Assert.InRange(read.Records.Count, untouched.Count, file.Length / 12);
        if (read.Damage is { } damage) Assert.InRange(damage.ByteOffset, 0, file.Length);
    }

    private static byte[] Mutate(byte[] file, Random random, out int firstChanged)
    {
        byte[] mutated = [.. file];
        firstChanged = file.Length;
        for (int edits = random.Next(1, 5); edits > 0; edits--)
        {
            int at = random.Next(mutated.Length), end = Math.Min(mutated.Length, at + random.Next(1, 9));
            firstChanged = Math.Min(firstChanged, at);
            switch (random.Next(5))
            {
                case 0: mutated[at] ^= (byte)random.Next(1, 256); break;
                case 1: mutated.AsSpan(at..end).Fill((byte)(random.Next(2) * 0xff)); break;
                case 2: mutated = [.. mutated[..at], .. mutated[end..]]; break;
                case 3: mutated = [.. mutated[..end], .. mutated[at..]]; break;
                default: random.NextBytes(mutated.AsSpan(at..end)); break;
            }

            if (mutated.Length == 0) return [0];
        }

        return mutated;
    }

    /// <summary>Whether the length is where a record or block ends: there a cut cannot be told from the end.</summary>
    private static bool IsBorder(byte[] file, int length)
    {
        using CaptureReader reader = CaptureReader.Open(new MemoryStream(file));
        bool isPcapng = file[0] == 0x0a;
        if (isPcapng) return PcapngBorders(file).Contains(length);
        if (length == 24) return true;
        while (reader.TryRead(out _))
        {
            if (reader.BytesRead == length) return true;
        }

        return false;
    }

    private static HashSet<int> PcapngBorders(byte[] file)
    {
        var borders = new HashSet<int>();
        bool big = false;
        for (int at = 0; at < file.Length;)
        {
            borders.Add(at);
            if (file[at] == 0x0a) big = file[at + 8] == 0x1a;
            ReadOnlySpan<byte> length = file.AsSpan(at + 4);
            at += big ? System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(length) : BitConverter.ToInt32(length);
        }

        borders.Remove(0);
        return borders;
    }

    private sealed class DrippingStream(byte[] bytes) : MemoryStream(bytes)
    {
        public override int Read(byte[] buffer, int offset, int count) => base.Read(buffer, offset, Math.Min(1, count));
    }
}
