using System.Buffers.Binary;
using System.Text;
using Appliance.Engine;
using Appliance.Wire.Ethernet;

namespace Appliance.Routing;

/// <summary>What one box of a pair has told the other of its neighbours; each has such a book of its own and one of the peer's.</summary>
/// <param name="key">Of the pair's digests.</param>
internal sealed class NeighbourBook(KeyedRandom key)
{
    /// <summary>As many as a box knows at most (<see cref="NeighbourLimits"/>).</summary>
    public const int MaxCount = 1 << 16;

    private readonly Dictionary<SharedNeighbour, int> _places = [];
    private readonly Stack<int> _free = [];
    private Place[] _book = new Place[64];
    private int _count;
    private int _whole;                                                 // tellings of all

    private struct Place
    {
        public NeighbourRecord Record;                                  // without a name: a free place
        public ulong Digest;
        public int Confirmed;                                           // in which telling of all it was named last
    }

    /// <summary>Any thread.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Of digests.</summary>
    public ulong Sum { get; private set; }

    /// <summary>Places that have ever been taken.</summary>
    public int EverUsed { get; private set; }

    public IEnumerable<SharedNeighbour> Neighbours => _places.Keys;

    /// <summary>What stands at a place. False: nothing.</summary>
    public bool TryRead(int place, out NeighbourRecord record)
    {
        record = _book[place].Record;
        return record.Neighbour.Port is not null;
    }

    public bool TryFind(in SharedNeighbour neighbour, out MacAddress mac)
    {
        bool isHere = _places.TryGetValue(neighbour, out int place);
        mac = isHere ? _book[place].Record.Mac : default;
        return isHere;
    }

    /// <summary>False: the book is full.</summary>
    public bool TrySet(in NeighbourRecord record)
    {
        if (!_places.TryGetValue(record.Neighbour, out int place) && !TryTake(record.Neighbour, out place)) return false;
        ref Place at = ref _book[place];
        ulong digest = DigestOf(record);
        Sum += digest - at.Digest;
        at = new Place { Record = record, Digest = digest, Confirmed = _whole };
        return true;
    }

    public bool Remove(in SharedNeighbour neighbour)
    {
        if (!_places.Remove(neighbour, out int place)) return false;
        Sum -= _book[place].Digest;
        _book[place] = default;
        _free.Push(place);
        Volatile.Write(ref _count, _places.Count);
        return true;
    }

    public void Clear()
    {
        foreach (SharedNeighbour neighbour in _places.Keys.ToArray()) Remove(neighbour);
    }

    public void BeginWhole() => _whole++;

    /// <summary>Takes out what has not been named since <see cref="BeginWhole"/>.</summary>
    public List<SharedNeighbour> EndWhole()
    {
        List<SharedNeighbour> gone = [.. _places.Where(at => _book[at.Value].Confirmed != _whole).Select(at => at.Key)];
        foreach (SharedNeighbour neighbour in gone) Remove(neighbour);
        return gone;
    }

    private bool TryTake(in SharedNeighbour neighbour, out int place)
    {
        if (!_free.TryPop(out place))
        {
            place = EverUsed;
            if (place == MaxCount) return false;
            if (place == _book.Length) Array.Resize(ref _book, 2 * place);
            EverUsed++;
        }

        _places.Add(neighbour, place);
        Volatile.Write(ref _count, _places.Count);
        return true;
    }

    private ulong DigestOf(in NeighbourRecord record)
    {
        Span<byte> name = stackalloc byte[NeighbourRecord.MaxNameLength + 1];
        int length = (Encoding.UTF8.GetBytes(record.Neighbour.Port, name) + 7) / 8;
        Span<ulong> words = stackalloc ulong[3 + length];
        UInt128 bits = record.Neighbour.Address.Bits;
        ulong family = record.Neighbour.Address.IsV6 ? 1ul << 63 : 0;
        (words[0], words[1], words[2]) = ((ulong)(bits >> 64), (ulong)bits, record.Mac.Value | family);
        for (int i = 0; i < length; i++) words[3 + i] = BinaryPrimitives.ReadUInt64BigEndian(name[(8 * i)..]);
        return key.Digest(RandomPurpose.NeighbourDigest, words);
    }
}
