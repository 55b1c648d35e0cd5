using System.Buffers.Binary;
using System.Diagnostics;
using Appliance.Fuzz.Seeds;
using Appliance.Node;
using Appliance.Wire.Pcap;
using static System.FormattableString;

namespace Appliance.Fuzz.Running;

/// <summary>
/// Damaged capture files before the reader: cut, flipped, spliced. Nothing is thrown, reading ends within the file, the damage lies in it,
/// what comes in small pieces reads the same, and a file that was only cut gives the records before the cut.
/// </summary>
public sealed class CaptureFuzz
{
    private const int MaxFileBytes = 64 << 10;
    private const int ShortestRecord = 16;                              // a pcap record header; a pcapng block is longer

    private static readonly uint[] Boundaries =
    [
        0, 1, 3, 4, 12, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff, 0x0100_0000, 0x0100_0001, 0x0a0d_0d0a, 0xa1b2_c3d4, 0x1a2b_3c4d,
    ];

    private readonly FuzzOptions _options;
    private readonly TextWriter _text;
    private readonly Draw _draw;
    private readonly List<byte[]> _files = [];
    private readonly byte[] _frame = new byte[LinkLayerFraming.DestinationLength];
    private byte[] _mutant = [];
    private long _records, _damaged;

    private CaptureFuzz(FuzzOptions options, TextWriter text)
    {
        (_options, _text) = (options, text);
        _draw = new Draw(options.Seed, 0);
        _files.Add(HandMade(stream => new PcapWriter(stream, leaveOpen: true), (writer, frame, time) => writer.Write(frame, time)));
        _files.Add(HandMade(OpenNext, (writer, frame, time) => writer.Write(0, frame, time, CaptureDirection.Inbound, "by hand")));
        foreach (string file in options.CaptureFolders.SelectMany(CaptureFiles.Below))
        {
            using FileStream stream = File.OpenRead(file);
            var bytes = new byte[Math.Min(stream.Length, MaxFileBytes)];
            stream.ReadExactly(bytes);
            _files.Add(bytes);
        }
    }

    public static FuzzOutcome Run(FuzzOptions options, TextWriter text)
    {
        var fuzz = new CaptureFuzz(options, text);
        long start = Stopwatch.GetTimestamp(), made = 0;
        bool held = true;
        for (long number = options.Round ?? 0; held && made < (options.Round is null ? options.Count : 1); number++, made++)
            held = fuzz.RunOne(number);
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        text.WriteLine(Invariant($"captures: {made:N0} from {fuzz._files.Count} files in {seconds:F1} s"));
        text.WriteLine(Invariant($"records: {fuzz._records:N0} read; {fuzz._damaged:N0} readings ended at damage"));
        return new FuzzOutcome(held, made, [], 0);
    }

    private bool RunOne(long number)
    {
        _draw.Restart(_options.Seed, (ulong)number);
        try
        {
            byte[] original = _files[_draw.Below(_files.Count)];
            _mutant = original;
            bool isCut = _draw.OneIn(4);
            if (isCut) _mutant = original[.._draw.Below(original.Length + 1)];
            else Mutate();
            Reading reading = Read(new MemoryStream(_mutant));
            if (isCut && !Read(new MemoryStream(original)).BeginsWith(reading))
                throw new FuzzFailureException("a cut file reads differently before the cut");
            if (_draw.OneIn(16) && !Read(new TrickleStream(_mutant)).IsSameAs(reading))
                throw new FuzzFailureException("the file reads differently in small pieces");
            return true;
        }
        catch (Exception failure)
        {
            FileFailure.Write(_options, _text, "captures", "capture", number, _mutant, failure);
            return false;
        }
    }

    private Reading Read(Stream stream)
    {
        using CaptureReader reader = CaptureReader.Open(stream);
        var reading = new Reading();
        while (reader.TryRead(out CaptureRecord record))
        {
            reading.Add(record);
            if (reading.Count > stream.Length / ShortestRecord)
                throw new FuzzFailureException("more records than the file has room for");
            LinkLayerFraming.Frame(record, NodeModelsBuilder.MacOf(1), _frame, out int length);
            if (length > record.Bytes.Length + 14 || length > _frame.Length)
                throw new FuzzFailureException($"a record of {record.Bytes.Length} bytes made a frame of {length}");
        }

        if (reader.TryRead(out _)) throw new FuzzFailureException("a reader goes on behind its end");
        if (reader.BytesRead > stream.Length) throw new FuzzFailureException("more read than there is");
        if (reader.Damage is { } damage && (damage.ByteOffset < 0 || damage.ByteOffset > stream.Length || damage.Message.Length == 0))
            throw new FuzzFailureException($"damage that cannot be: {damage}");
        reading.Damage = reader.Damage;
        _records += reading.Count;
        if (reader.Damage is not null) _damaged++;
        return reading;
    }

    private void Mutate()
    {
        _mutant = [.. _mutant];
        for (int mutations = _draw.Between(1, 6); mutations > 0 && _mutant.Length >= 8; mutations--)
        {
            int at = _draw.OneIn(2) ? _draw.Below(Math.Min(_mutant.Length - 3, 200)) : _draw.Below(_mutant.Length - 3);
            switch (_draw.Below(7))
            {
                case 0 or 1: _mutant[at] ^= (byte)(1 << _draw.Below(8)); break;
                case 2: _mutant[at] = (byte)_draw.Next(); break;
                case 3: Big.Put32(_mutant, at & ~3, _draw.Of<uint>(Boundaries)); break;
                case 4: Big.Put32(_mutant, at & ~3, BinaryPrimitives.ReverseEndianness(_draw.Of<uint>(Boundaries))); break;
                case 5: _mutant = _mutant[..at]; break;
                default: _mutant = Spliced(at); break;
            }
        }
    }

    private byte[] Spliced(int at)
    {
        byte[] other = _files[_draw.Below(_files.Count)];
        byte[] spliced = [.. _mutant.AsSpan(0, at), .. other.AsSpan(_draw.Below(other.Length))];
        return spliced[..Math.Min(spliced.Length, MaxFileBytes)];
    }

    private static byte[] HandMade<TWriter>(Func<Stream, TWriter> open, Action<TWriter, byte[], long> write) where TWriter : IDisposable
    {
        using var stream = new MemoryStream();
        using (TWriter writer = open(stream))
        {
            long time = 1_700_000_000_000_000_000;
            foreach (byte[] frame in HandMadeFrames.All.Where(frame => frame.Length < 1600))
                write(writer, frame, time += 1_000_003);
        }

        return stream.ToArray();
    }

    private static PcapngWriter OpenNext(Stream stream)
    {
        var writer = new PcapngWriter(stream, leaveOpen: true);
        writer.AddInterface("lan");
        return writer;
    }
}
