namespace Appliance.Interop.Vm;

/// <summary>A machine to be started.</summary>
/// <param name="Name">Of its files.</param>
/// <param name="Folder">Where its sockets and its log are put; outlives it.</param>
internal sealed record VmOptions(string Name, string Folder)
{
    /// <summary>A suffix of <see cref="VmImage.Formats"/>. Nothing is written to the file itself.</summary>
    public string Format { get; init; } = "qcow2";

    public Firmware Firmware { get; init; }

    /// <summary>By which the disk is plugged in.</summary>
    public string Disk { get; init; } = "virtio-blk-pci";

    /// <summary>A folder that the machine finds as a volume CIDATA; null: none.</summary>
    public string? Seed { get; init; }

    /// <summary>Whether the seed is a CD, as most hypervisors give it, and not a disk.</summary>
    public bool HasSeedOnCd { get; init; }

    public IReadOnlyList<VmPort> Ports { get; init; } = [];

    /// <summary>The namespace of its taps; null: this one.</summary>
    public string? Namespace { get; init; }

    public int Processors { get; init; } = 2;

    public int MemoryMegabytes { get; init; } = 512;
}
