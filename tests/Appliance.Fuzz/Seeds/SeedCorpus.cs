using Appliance.Node;
using Appliance.Wire.Pcap;

namespace Appliance.Fuzz.Seeds;

/// <summary>
/// The frames that mutations start from: made by hand, and those of captures. The same files give the same corpus, in the same order.
/// </summary>
public sealed class SeedCorpus
{
    private const int MaxFramesPerFile = 256;
    private const int MaxFrames = 16_384;

    private readonly List<byte[]> _frames = [.. HandMadeFrames.All];
    private readonly List<byte[]> _short = [];
    private readonly int _shortHandMade;                                // the first of the short ones
    private ulong _digest = 14_695_981_039_346_656_037;                 // FNV-1a

    /// <param name="folders">Their capture files; one that is not there is passed over.</param>
    public SeedCorpus(IEnumerable<string> folders)
    {
        HandMade = _frames.Count;
        foreach (string folder in folders.Where(Directory.Exists))
        {
            foreach (string file in CaptureFiles.Below(folder))
                Read(file);
        }

        _short.AddRange(_frames.Where(IsShort));
        _shortHandMade = HandMadeFrames.All.Count(IsShort);
        foreach (byte value in _frames.SelectMany(frame => frame))
            _digest = (_digest ^ value) * 1_099_511_628_211;
    }

    public int Count => _frames.Count;

    public int HandMade { get; }

    /// <summary>The folders that hold captures in a clone, as far as they are there.</summary>
    public static IReadOnlyList<string> UsualFolders
    {
        get
        {
            if (RepositoryRoot.Find() is not { } root) return [];
            string[] folders = [Path.Combine(root, "configs", "demo"), Path.Combine(root, "..", "shared", "pcaps")];
            return [.. folders.Where(Directory.Exists)];
        }
    }

    /// <summary>
    /// Any frame, but often one made by hand, which goes far, and seldom a long one, whose bytes cost more than they tell.
    /// </summary>
    internal ReadOnlySpan<byte> Pick(Draw draw)
    {
        if (draw.OneIn(64)) return _frames[draw.Below(_frames.Count)];
        return _short[draw.Below(draw.OneIn(4) ? _shortHandMade : _short.Count)];
    }

    /// <summary>So that a run on another corpus is not taken for the same.</summary>
    public override string ToString() => $"{Count} frames, {HandMade} of them made by hand, digest {_digest:x16}";

    private static bool IsShort(byte[] frame) => frame.Length <= 1600;

    private void Read(string file)
    {
        using CaptureReader reader = CaptureReader.Open(File.OpenRead(file));
        byte[] frame = new byte[LinkLayerFraming.DestinationLength];
        for (int read = 0; read < MaxFramesPerFile && _frames.Count < MaxFrames && reader.TryRead(out CaptureRecord record); read++)
        {
            FramingOutcome outcome = LinkLayerFraming.Frame(record, NodeModelsBuilder.MacOf(1), frame, out int length);
            if (outcome == FramingOutcome.Framed) _frames.Add(frame[..length]);
        }
    }
}
