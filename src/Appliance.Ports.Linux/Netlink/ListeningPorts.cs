namespace Appliance.Ports.Linux;

/// <summary>The ports at which programs of the host listen.</summary>
/// <param name="Tcp">Of sockets that listen, of both families.</param>
/// <param name="Udp">Of sockets that take datagrams from anybody.</param>
public sealed record ListeningPorts(IReadOnlyCollection<ushort> Tcp, IReadOnlyCollection<ushort> Udp);
