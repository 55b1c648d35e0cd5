using Appliance.Engine;
using Appliance.Testing;
using Appliance.Wire.Ethernet;
using Appliance.Wire.Ip;
using Xunit;

namespace Appliance.Routing.Tests.Neighbours;

/// <summary>The table that one thread changes while others read: against a dictionary, and under readers.</summary>
public sealed class NeighbourCellsTests
{
    private const int Capacity = 64;

    private readonly NeighbourCells _cells = new(Capacity, KeyedRandom.FromSeed(1));

    [Fact]
    public void What_is_added_is_found_and_what_is_removed_is_not()
    {
        var random = KeyedRandom.FromSeed(5);
        var twin = new Dictionary<NeighbourKey, (int Index, MacAddress Mac)>();
        var free = new Stack<int>(Enumerable.Range(1, Capacity));
        for (uint step = 0; step < 20_000; step++)
        {
            ulong draw = random.Draw(RandomPurpose.FlowTable, step, 0, 0);
            NeighbourKey key = KeyOf((int)(draw % 200));
            if (twin.TryGetValue(key, out (int Index, MacAddress Mac) known))
            {
                if ((draw >> 32) % 2 == 0)
                {
                    _cells.Remove(known.Index, isRemembered: false);
                    twin.Remove(key);
                    free.Push(known.Index);
                }
                else
                {
                    twin[key] = (known.Index, new MacAddress(draw >> 40));
                    _cells.Publish(known.Index, NeighbourState.Reachable, twin[key].Mac, isNews: false);
                }
            }
            else if (free.TryPop(out int index))
            {
                _cells.Add(index, key);
                _cells.Publish(index, NeighbourState.Stale, new MacAddress(step), isNews: true);
                twin[key] = (index, new MacAddress(step));
            }

            NeighbourKey asked = KeyOf((int)((draw >> 20) % 200));
            bool isThere = twin.TryGetValue(asked, out (int Index, MacAddress Mac) expected);
            Assert.Equal(isThere, _cells.TryFind(asked, out CellReference cell, out NeighbourWord word));
            if (!isThere) continue;
            Assert.Equal((expected.Index, expected.Mac), (cell.Index, word.Mac));
            Assert.True(_cells.TryReadKey(cell, out NeighbourKey read));
            Assert.Equal(asked, read);
        }
    }

    [Fact]
    public void A_reference_ends_with_its_neighbour()
    {
        _cells.Add(1, KeyOf(1));
        _cells.Publish(1, NeighbourState.Reachable, new MacAddress(1), isNews: true);
        Assert.True(_cells.TryFind(KeyOf(1), out CellReference first, out _));
        _cells.Remove(1, isRemembered: true);
        Assert.False(_cells.TryRead(first, out _));
        _cells.Add(1, KeyOf(2));
        _cells.Publish(1, NeighbourState.Reachable, new MacAddress(2), isNews: true);
        Assert.False(_cells.TryRead(first, out _));
        Assert.Equal((2u, 1u), (_cells.Changes, _cells.Departures));
    }

    [Fact]
    public void A_code_keeps_what_it_says()
    {
        var cell = new CellReference(70_000, CellReference.GenerationMask);
        ulong code = NextHopCode.OfCell(cell), sought = NextHopCode.OfSought(255);
        Assert.Equal(cell, NextHopCode.CellOf(code));
        Assert.Equal(255, NextHopCode.SoughtOf(sought));
        Assert.Equal((false, false, true), (NextHopCode.IsMac(code), NextHopCode.IsSought(code), NextHopCode.IsSought(sought)));
        Assert.True(NextHopCode.IsMac(MacAddress.Broadcast.Value));
    }

    /// <summary>A MAC address is made of its neighbour's key, so that a reader knows when it was given another's.</summary>
    [Fact]
    public async Task Readers_never_see_the_MAC_address_of_another()
    {
        int rounds = TestSize.Of(40_000, 400_000, 40_000_000);
        using var done = new CancellationTokenSource();
        Task<long>[] readers = [.. Enumerable.Range(0, 2).Select(reader => Task.Run(() => Read(reader, done.Token)))];
        for (int round = 0; round < rounds; round++)
        {
            int index = 1 + (round % 8), key = round % 48;
            _cells.Add(index, KeyOf(key));
            _cells.Publish(index, NeighbourState.Reachable, new MacAddress((ulong)key + 1), isNews: true);
            _cells.Publish(index, NeighbourState.Stale, new MacAddress((ulong)key + 1), isNews: false);
            if (round >= 7) _cells.Remove(1 + ((round - 7) % 8), isRemembered: true);
        }

        await done.CancelAsync();
        long[] found = await Task.WhenAll(readers);
        Assert.All(found, count => Assert.True(count >= 0, "A reader saw another's MAC address."));
    }

    /// <summary>How often something was found; negative: a wrong one.</summary>
    private long Read(int reader, CancellationToken done)
    {
        long found = 0;
        for (int i = reader; !done.IsCancellationRequested; i++)
        {
            int key = i % 48;
            if (!_cells.TryFind(KeyOf(key), out CellReference cell, out NeighbourWord word)) continue;
            bool isRight = !word.IsUsable || word.Mac.Value == (ulong)key + 1;
            bool isStill = _cells.TryRead(cell, out NeighbourWord again);
            if (!isRight || (isStill && again.IsUsable && again.Mac.Value != (ulong)key + 1)) return -1;
            found++;
        }

        return found;
    }

    private static NeighbourKey KeyOf(int number) => number % 2 == 0
        ? new NeighbourKey((ushort)(number % 3), new Ipv4Address((uint)number))
        : new NeighbourKey((ushort)(number % 3), new Ipv6Address((UInt128)number << 64 | 7));
}
