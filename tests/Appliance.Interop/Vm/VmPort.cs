namespace Appliance.Interop.Vm;

/// <summary>A network device of a machine.</summary>
/// <param name="Name">QEMU knows it so.</param>
/// <param name="Mac">Its address.</param>
/// <param name="Tap">On the host, in the machine's namespace; null: it is plugged in nowhere.</param>
/// <param name="Model">As QEMU calls it.</param>
internal readonly record struct VmPort(string Name, string Mac, string? Tap, string Model = "virtio-net-pci")
{
    public IEnumerable<string> Arguments =>
    [
        "-netdev", Tap is null ? $"hubport,id={Name},hubid=99" : $"tap,id={Name},ifname={Tap},script=no,downscript=no",
        "-device", $"{Model},netdev={Name},mac={Mac}",
    ];
}
