using Appliance.Fuzz.Seeds;
using Appliance.Fuzz.Worlds;

namespace Appliance.Fuzz.Mutation;

/// <summary>
/// Makes one hostile frame from a seed: none to several mutations, of bytes or of what the bytes mean, and then often the checksums put
/// right so that the stages behind those checks are reached too. Allocates nothing.
/// </summary>
internal sealed class Mutator(SeedCorpus seeds, Draw draw)
{
    private static readonly byte[] MutationsPerFrame = [0, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 4, 6, 9];

    private const ulong Stranger = 0x0200_0000_0077;

    private readonly Mutant _mutant = new();

    public ReadOnlySpan<byte> Bytes => _mutant.Bytes;

    /// <summary>The next frame, for a physical port of the world.</summary>
    public void Make(World world, Targets targets, int port)
    {
        _mutant.Start(seeds.Pick(draw));
        if (_mutant.Length >= 14) Address(targets.Ports[port].Mac, world);
        if (world.Recipe.HasLongDatagrams && draw.OneIn(16))
        {
            LengthMutations.MakeLong(_mutant, draw);
            ChecksumRepair.PutHeaderRight(_mutant);
            return;
        }

        for (int mutations = draw.Of(MutationsPerFrame); mutations > 0; mutations--)
        {
            MutateOnce(targets, port);
            _mutant.Look();
        }

        if (_mutant.Layout.Version == 0) return;
        if (draw.OneIn(_mutant.Layout.Protocol is 1 or 58 ? 2 : 8)) ChecksumRepair.PutTransportRight(_mutant);
        if (draw.OneIn(2)) ChecksumRepair.PutHeaderRight(_mutant);
    }

    /// <summary>
    /// Captures hold frames that a router sent itself, frames for others and VLANs that are none here: most would end at the door.
    /// </summary>
    private void Address(ulong mac, World world)
    {
        if (world.Recipe.StrictMac && !draw.OneIn(4)) Big.PutMac(_mutant.Bytes, 0, mac);
        if (Big.Mac(_mutant.Bytes, 6) == mac && !draw.OneIn(8)) Big.PutMac(_mutant.Bytes, 6, Stranger);
        while (_mutant.Length >= 18 && Big.U16(_mutant.Bytes, 12) is 0x8100 or 0x88a8 && !draw.OneIn(4))
            _mutant.Remove(12, 4);
        _mutant.Look();
    }

    private void MutateOnce(Targets targets, int port)
    {
        switch (draw.Below(16))
        {
            case 0 or 1 or 2: ByteMutations.Mutate(_mutant, draw, seeds); break;
            case 3 or 4: LengthMutations.Mutate(_mutant, draw); break;
            case 5 or 6: LinkMutations.Mutate(_mutant, draw, targets, port); break;
            case 7 or 8: HeaderMutations.Mutate(_mutant, draw); break;
            case 9: ExtensionMutations.Mutate(_mutant, draw); break;
            case 10: FragmentMutations.Mutate(_mutant, draw); break;
            case 11: TransportMutations.Mutate(_mutant, draw); break;
            default: AddressMutations.Mutate(_mutant, draw, targets); break;
        }
    }
}
