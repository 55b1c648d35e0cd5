using System.Globalization;
using Appliance.Engine;
using Xunit;

namespace Appliance.Ports.Linux.Tests;

/// <summary>That what tables give back goes back, and comes again as zeros that cost nothing.</summary>
public sealed class MappedMemoryTests
{
    private const int Length = 16 << 20;                                // bytes

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void What_is_given_out_is_zero_and_aligned_also_the_second_time(bool isSparse)
    {
        ITableMemory memory = isSparse ? MappedMemory.HugePages.Sparse : MappedMemory.HugePages;
        for (int round = 0; round < 3; round++)
        {
            var array = new NativeArray<byte>(Length, memory);
            Assert.False(array.Slice(0, Length).ContainsAnyExcept((byte)0));
            array.Slice(0, Length).Fill(0xff);
            array.Free();
        }

        nint address = memory.Allocate(1);
        Assert.Equal(0, address & 63);
        memory.Free(address, 1);
    }

    [Fact]
    public void A_sparse_table_costs_what_is_written_of_it_however_often_it_is_made_anew()
    {
        long before = ResidentBytes();
        NativeArray<byte>[] tables = new NativeArray<byte>[8];
        for (int round = 0; round < 40; round++)
        {
            ref NativeArray<byte> table = ref tables[round % tables.Length];
            if (round >= tables.Length) table.Free();
            table = new NativeArray<byte>(Length, MappedMemory.HugePages.Sparse);
            table[round] = 1;
        }

        Assert.InRange(ResidentBytes() - before, long.MinValue, Length);
        foreach (NativeArray<byte> table in tables) table.Free();
    }

    private static long ResidentBytes()
    {
        string line = File.ReadLines("/proc/self/status").First(line => line.StartsWith("VmRSS:", StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture) << 10;
    }
}
