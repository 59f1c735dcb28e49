; The installer for Windows, made by Inno Setup 6 from the folder that PyInstaller made there (packaging/README.md):
;   iscc packaging\lianheti.iss
; It was written without a Windows machine and has not been run.
; It installs for this user alone, without an administrator; the user's own files (Documents\联合体申报) are never touched.

#define Version "0.1.0"
#define Made "..\output\app"

[Setup]
AppId={{6E0B8C4B-5B0A-4E0D-9A52-3B7B3C8D1F27}
AppName=联合体申报
AppVersion={#Version}
AppPublisher=lianheti
DefaultDirName={localappdata}\Programs\lianheti
PrivilegesRequired=lowest
ArchitecturesAllowed=x64compatible
ArchitecturesInstallIn64BitMode=x64compatible
DisableWelcomePage=yes
DisableDirPage=yes
DisableProgramGroupPage=yes
DisableReadyPage=yes
SetupIconFile={#Made}\icon.ico
UninstallDisplayIcon={app}\lianheti.exe
UninstallDisplayName=联合体申报
OutputDir={#Made}
OutputBaseFilename=lianheti-setup
Compression=lzma2
SolidCompression=yes
; A running page is asked to close before its files are replaced.
CloseApplications=yes

[LangOptions]
LanguageName=简体中文
LanguageID=$0804

; The few words that are shown, as the pages between are left out.
[Messages]
SetupAppTitle=安装
SetupWindowTitle=安装 - %1
ButtonNext=下一步(&N)
ButtonInstall=安装(&I)
ButtonCancel=取消
ButtonYes=是(&Y)
ButtonNo=否(&N)
ButtonOK=确定
ButtonFinish=完成(&F)
WizardPreparing=准备安装
PreparingDesc=正在准备安装[name]。
WizardInstalling=正在安装
InstallingLabel=正在把[name]装到这台电脑，请稍等。
FinishedHeadingLabel=[name]已经装好
FinishedLabel=在“开始”菜单里点“联合体申报”就能打开。
FinishedLabelNoIcons=安装完成。
ClickFinish=点“完成”结束。
RunEntryExec=现在打开%1
ExitSetupTitle=退出安装
ExitSetupMessage=还没有装完。现在退出，程序不会装上。%n%n确定退出吗？
ConfirmUninstall=确定删除%1吗？您填的文件（“文档”里的“联合体申报”）不会删除。
UninstalledAll=%1已经删除。
StatusExtractFiles=正在写入文件……
StatusCreateIcons=正在建立快捷方式……

[Files]
Source: "{#Made}\dist\lianheti\*"; DestDir: "{app}"; Flags: ignoreversion recursesubdirs createallsubdirs

; A part that is left behind by an older release would be loaded with the new one.
[InstallDelete]
Type: filesandordirs; Name: "{app}\_internal"

[Icons]
Name: "{userprograms}\联合体申报"; Filename: "{app}\lianheti.exe"; WorkingDir: "{app}"; Comment: "填写、核对、生成创新联合体申报材料"
Name: "{userdesktop}\联合体申报"; Filename: "{app}\lianheti.exe"; WorkingDir: "{app}"

[Run]
Filename: "{app}\lianheti.exe"; Description: "联合体申报"; Flags: nowait postinstall skipifsilent
