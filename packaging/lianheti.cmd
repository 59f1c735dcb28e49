@echo off
rem Opens the page on the folder that this file lies in, or on one that is dropped on it.
chcp 65001 >nul
setlocal
set "FOLDER=%~dp0."
if not "%~1"=="" set "FOLDER=%~1"
where lianheti >nul 2>nul
if errorlevel 1 (
  echo 还没有安装。请先运行：  pipx install "lianheti[web]"
  pause
  exit /b 1
)
lianheti serve "%FOLDER%"
if errorlevel 1 pause
