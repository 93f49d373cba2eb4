namespace LibvirtSharp.Interop;

/// <summary>Typed parameters to hand to libvirt, in its memory.</summary>
internal sealed unsafe class ParameterList : IDisposable
{
    private TypedParameter* _parameters;
    private int _count;
    private int _capacity;

    /// <summary>libvirt must be initialized before anything of it is called: else the last error of a thread is no error of libvirt's, and freed all the same.</summary>
    public ParameterList() => LibvirtEventLoop.Ensure();

    public TypedParameter* Pointer => _parameters;

    public uint Count => (uint)_count;

    public void Add(string name, string value)
    {
        fixed (TypedParameter** parameters = &_parameters)
        fixed (int* count = &_count, capacity = &_capacity)
        {
            Native.Check(Libvirt.virTypedParamsAddString(parameters, count, capacity, name, value), nameof(Libvirt.virTypedParamsAddString));
        }
    }

    public void Add(string name, int value)
    {
        fixed (TypedParameter** parameters = &_parameters)
        fixed (int* count = &_count, capacity = &_capacity)
        {
            Native.Check(Libvirt.virTypedParamsAddInt(parameters, count, capacity, name, value), nameof(Libvirt.virTypedParamsAddInt));
        }
    }

    public void Add(string name, ulong value)
    {
        fixed (TypedParameter** parameters = &_parameters)
        fixed (int* count = &_count, capacity = &_capacity)
        {
            Native.Check(Libvirt.virTypedParamsAddULLong(parameters, count, capacity, name, value), nameof(Libvirt.virTypedParamsAddULLong));
        }
    }

    public void Dispose()
    {
        Libvirt.virTypedParamsFree(_parameters, _count);
        _parameters = null;
        _count = _capacity = 0;
    }
}
