namespace Appliance.Simulation;

/// <summary>Something that has cables in it.</summary>
internal interface IStation
{
    /// <summary>A frame has come by one of its ports. The bytes are everybody's who hears it, and nobody's to change.</summary>
    void Hear(int port, byte[] frame);
}
