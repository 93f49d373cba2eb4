using System.Reflection;
using LibvirtSharp.Interop;

namespace LibvirtSharp.Tests;

/// <summary>Everything that is taken from libvirt, against libvirt's own description.</summary>
public sealed class ApiTests
{
    /// <summary>What a C type may be in C#.</summary>
    private static readonly Dictionary<string, Type[]> Types = new()
    {
        ["void"] = [typeof(void)],
        ["int"] = [typeof(int)],
        ["unsigned int"] = [typeof(uint)],
        ["unsigned long"] = [typeof(nuint)],
        ["unsigned long long"] = [typeof(ulong)],
        ["int *"] = [typeof(int).MakeByRefType(), typeof(int).MakePointerType()],
        ["unsigned int *"] = [typeof(uint).MakeByRefType(), typeof(uint).MakePointerType()],
        ["unsigned long *"] = [typeof(nuint).MakeByRefType(), typeof(nuint).MakePointerType()],
        ["unsigned long long *"] = [typeof(ulong).MakeByRefType(), typeof(ulong).MakePointerType()],
        ["unsigned char **"] = [typeof(byte).MakePointerType().MakePointerType()],
        ["const char *"] = [typeof(string), typeof(nint), typeof(byte).MakePointerType()],
        ["char *"] = [typeof(nint), typeof(byte).MakePointerType()],
        ["void *"] = [typeof(nint)],
        ["virConnectPtr"] = [typeof(ConnectHandle), typeof(nint)],
        ["virNetworkPtr"] = [typeof(NetworkHandle), typeof(nint)],
        ["virDomainPtr"] = [typeof(DomainHandle), typeof(nint)],
        ["virDomainPtr *"] = [typeof(nint).MakePointerType()],
        ["virDomainPtr **"] = [typeof(nint).MakePointerType().MakePointerType()],
        ["virDomainCheckpointPtr **"] = [typeof(nint).MakePointerType().MakePointerType()],
        ["virTypedParameterPtr"] = [typeof(TypedParameter).MakePointerType()],
        ["virTypedParameterPtr *"] = [typeof(TypedParameter).MakePointerType().MakePointerType()],
        ["virDomainStatsRecordPtr *"] = [typeof(StatsRecord).MakePointerType().MakePointerType()],
        ["virDomainStatsRecordPtr **"] = [typeof(StatsRecord).MakePointerType().MakePointerType().MakePointerType()],
        ["virErrorPtr"] = [typeof(NativeError).MakePointerType()],
        ["virNodeInfoPtr"] = [typeof(NativeNodeInfo).MakeByRefType()],
        ["virNodeCPUStatsPtr"] = [typeof(NodeCpuStats).MakePointerType()],
        ["virDomainInfoPtr"] = [typeof(NativeDomainInfo).MakeByRefType()],
        ["virConnectAuthPtr"] = [typeof(NativeAuth).MakePointerType()],
        ["virConnectCredentialPtr"] = [typeof(NativeCredential).MakePointerType()],

        // Any of the callbacks of events; each of them is compared below.
        ["virConnectDomainEventGenericCallback"] = [typeof(nint)],
    };

    private static IEnumerable<Type> Enums => typeof(LibvirtConnection).Assembly.GetExportedTypes().Where(t => t.IsEnum && t != typeof(DomainEvents));

    private static IEnumerable<MethodInfo> Functions => typeof(Libvirt)
        .GetMethods(BindingFlags.Static | BindingFlags.NonPublic | BindingFlags.DeclaredOnly).Where(m => m.Name.StartsWith("vir", StringComparison.Ordinal));

    [Fact]
    public void Every_constant_has_libvirts_value()
    {
        var api = ApiDescription.Get();
        var constants = typeof(Constants).GetFields(BindingFlags.Static | BindingFlags.Public);
        Assert.True(constants.Length > 50);
        Assert.All(constants, c =>
        {
            var value = c.GetRawConstantValue();
            if (value is string text)
            {
                Assert.Equal(api.Text(c.Name), text);
            }
            else
            {
                Assert.Equal(api.Value(c.Name), Convert.ToInt64(value));
            }
        });
    }

    [Fact]
    public void Every_value_of_every_enumeration_is_libvirts_and_none_is_missing()
    {
        var api = ApiDescription.Get();
        Assert.True(Enums.Count() > 30);
        var used = typeof(Constants).GetFields().Select(f => f.Name).ToHashSet();
        Assert.All(Enums, type =>
        {
            var theirs = api.ValuesOf(Documentation.SymbolsOf($"T:{type.FullName}")[0]);
            Assert.NotEmpty(theirs);
            var named = new List<string>();
            foreach (var field in type.GetFields(BindingFlags.Static | BindingFlags.Public))
            {
                var value = Convert.ToInt64(field.GetRawConstantValue());
                if (Documentation.SymbolsOf($"F:{type.FullName}.{field.Name}") is [var symbol, ..])
                {
                    Assert.True(theirs.TryGetValue(symbol, out var theirValue), $"{symbol} does not belong to {type.Name}");
                    Assert.True(theirValue == value, $"{type.Name}.{field.Name} is {value}; {symbol} is {theirValue}");
                    named.Add(symbol);
                }
                else
                {
                    Assert.True(value == 0 && type.IsDefined(typeof(FlagsAttribute)), $"{type.Name}.{field.Name} names no symbol of libvirt");
                }
            }

            Assert.Empty(theirs.Keys.Except(named).Except(used));
        });
    }

    [Fact]
    public void Every_function_exists_with_its_arguments()
    {
        var api = ApiDescription.Get();
        Assert.True(Functions.Count() > 60);
        Assert.All(Functions, f =>
        {
            var signature = api.Function(f.Name);
            Assert.True(signature is not null, $"libvirt has no function {f.Name}");
            Check(api, f.Name, signature, f.ReturnType, [.. f.GetParameters().Select(p => p.ParameterType)]);
        });
    }

    [Theory]
    [InlineData("OnLifecycle", "virConnectDomainEventCallback")]
    [InlineData("OnIteration", "virConnectDomainEventMigrationIterationCallback")]
    [InlineData("OnJobCompleted", "virConnectDomainEventJobCompletedCallback")]
    [InlineData("OnClose", "virConnectCloseFunc")]
    [InlineData("OnCredentials", "virConnectAuthCallbackPtr")]
    [InlineData("OnFree", "virFreeCallback")]
    public void Every_callback_is_of_its_type(string method, string type)
    {
        var api = ApiDescription.Get();
        var callback = typeof(Callbacks).GetMethod(method, BindingFlags.Static | BindingFlags.NonPublic)!;
        Check(api, method, api.FunctionType(type)!, callback.ReturnType, [.. callback.GetParameters().Select(p => p.ParameterType)]);
    }

    [Fact]
    public void Every_parameter_of_a_migration_has_a_member_of_its_type()
    {
        var api = ApiDescription.Get();
        var theirs = api.MacroNames.Where(m => m.StartsWith("VIR_MIGRATE_PARAM_", StringComparison.Ordinal)).ToList();
        Assert.Equal(20, theirs.Count);
        Assert.Equal(theirs.Select(api.Text).Order(), MigrateParameterTable.Rows.Select(r => r.Name).Order());
        Assert.Equal(
            typeof(MigrateParameters).GetProperties().Select(p => p.Name).Order(), MigrateParameterTable.Rows.Select(r => r.Member).Order());
        foreach (var macro in theirs)
        {
            var row = MigrateParameterTable.Rows.Single(r => r.Name == api.Text(macro));
            var type = typeof(Constants).GetFields().Single(f => f.Name.StartsWith("VIR_TYPED_PARAM_", StringComparison.Ordinal)
                && !f.Name.EndsWith("LENGTH", StringComparison.Ordinal) && (int)f.GetRawConstantValue()! == row.Type);
            Assert.True(
                api.Info(macro).Contains(type.Name, StringComparison.Ordinal) || !api.Info(macro).Contains("VIR_TYPED_PARAM_", StringComparison.Ordinal),
                $"{macro}: {api.Info(macro)}");
            Assert.Equal(macro, Documentation.SymbolsOf($"P:{typeof(MigrateParameters).FullName}.{row.Member}")[0]);
        }
    }

    [Fact]
    public void Every_figure_of_a_job_has_a_member()
    {
        var api = ApiDescription.Get();
        var theirs = api.MacroNames.Where(m => m.StartsWith("VIR_DOMAIN_JOB_", StringComparison.Ordinal)).Order().ToList();
        var members = typeof(JobStatistics).GetProperties().Where(p => p.Name is not (nameof(JobStatistics.Type) or nameof(JobStatistics.Values))).ToList();
        var found = new List<string>();
        Assert.All(members, m =>
        {
            var macro = Documentation.SymbolsOf($"P:{typeof(JobStatistics).FullName}.{m.Name}")[0];
            object value = m.PropertyType == typeof(bool?) ? true : m.PropertyType == typeof(string) ? "text" : 5L;
            var job = new JobStatistics(JobType.Completed, new TypedParameters(new() { [api.Text(macro)!] = value }));
            Assert.Equal(value, m.PropertyType == typeof(JobOperation?) ? (long)job.Operation! : m.GetValue(job));
            Assert.Null(m.GetValue(new JobStatistics(JobType.None, new TypedParameters([]))));
            found.Add(macro);
        });
        Assert.Equal(theirs, found.Order());
    }

    [Theory]
    [InlineData(typeof(LibvirtConnection), "Uri", "Handle")]
    [InlineData(typeof(LibvirtDomain), "Handle")]
    public void Every_member_names_the_function_behind_it(Type type, params string[] without)
    {
        var api = ApiDescription.Get();
        var bound = Functions.Select(f => f.Name).ToHashSet();
        var members = type.GetMembers(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly)
            .Where(m => m is PropertyInfo or MethodInfo { IsSpecialName: false } && !without.Contains(m.Name)).ToList();
        Assert.True(members.Count > 10);
        Assert.All(members, m =>
        {
            var symbols = Documentation.SymbolsOf($"{(m is PropertyInfo ? 'P' : 'M')}:{type.FullName}.{m.Name}");
            Assert.True(symbols.Count > 0, $"{m.Name} names no function");
            Assert.All(symbols, s => Assert.True(bound.Contains(s), $"{m.Name} names {s}, which is not bound"));
        });
        Assert.All(bound, b => Assert.True(api.HasFunction(b), b));
    }

    private static void Check(ApiDescription api, string name, ApiDescription.Signature signature, Type returned, Type[] arguments)
    {
        Assert.True(Fits(api, returned, signature.Return), $"{name} returns {returned}; libvirt says {signature}");
        Assert.True(arguments.Length == signature.Arguments.Count, $"{name} has {arguments.Length} arguments; libvirt says {signature}");
        for (var i = 0; i < arguments.Length; i++)
        {
            Assert.True(Fits(api, arguments[i], signature.Arguments[i]), $"{name}: argument {i} is {arguments[i]}; libvirt says {signature}");
        }
    }

    private static bool Fits(ApiDescription api, Type type, string c)
    {
        if (Types.TryGetValue(c, out var types))
        {
            return types.Contains(type);
        }

        if (api.FunctionType(c) is not { } signature || !type.IsFunctionPointer)
        {
            return c == "virEventTimeoutCallback" && type.IsFunctionPointer;
        }

        Check(api, c, signature, type.GetFunctionPointerReturnType(), type.GetFunctionPointerParameterTypes());
        return true;
    }
}
